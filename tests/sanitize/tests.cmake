# What the kernel with sanitizers inside must run clean. The programs that drive the machines, the initramfs
# and Linux's answers are those of the default preset, whose tests come first.

set(default_build ${CMAKE_SOURCE_DIR}/build)
foreach(shape IN ITEMS microvm:1 q35-qboot:4)
    string(REPLACE ":" ";" shape ${shape})
    list(GET shape 0 machine)
    list(GET shape 1 cpus)
    add_test(NAME sanitize.ktest.${machine}.${cpus}
        COMMAND ${default_build}/tests/linnet-ktest --kernel ${CMAKE_BINARY_DIR}/linnet-ktest.elf
            --initramfs ${default_build}/initramfs.cpio --machine ${machine} --cpus ${cpus})
    set_tests_properties(sanitize.ktest.${machine}.${cpus} PROPERTIES TIMEOUT 120)
endforeach()

# A sample of the differential cases; docs/decisions/012-sanitized-kernel.md has the command for all.
add_test(NAME sanitize.differential
    COMMAND ${default_build}/tests/linnet-differential
        --kernel ${CMAKE_BINARY_DIR}/linnet.elf
        --linux ${default_build}/linux/vmlinuz
        --initramfs ${default_build}/tests/initramfs.cpio
        --cases ${CMAKE_SOURCE_DIR}/tests/differential/cases
        --cache ${default_build}/linux --filter system:)
set_tests_properties(sanitize.differential PROPERTIES TIMEOUT 600 PROCESSORS 2)
