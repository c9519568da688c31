# The shell: scripts whose meaning it shares with busybox ash, and people at its prompt; on this machine and in Linnet.
set(scripts ${CMAKE_CURRENT_SOURCE_DIR}/shell/scripts.sh)
add_test(NAME shell.host.like-ash
    COMMAND ${sandbox} ${CMAKE_CURRENT_SOURCE_DIR}/shell/like-ash ${PROJECT_BINARY_DIR}/user/bin/lsh ${scripts})
set_tests_properties(shell.host.like-ash PROPERTIES TIMEOUT 240)
set(shell_initramfs ${PROJECT_BINARY_DIR}/tests/shell.cpio)
add_custom_command(
    OUTPUT ${shell_initramfs}
    COMMAND linnet-add-programs ${PROJECT_BINARY_DIR}/initramfs.cpio ${shell_initramfs}
        bin/like-ash=${CMAKE_CURRENT_SOURCE_DIR}/shell/like-ash scripts.sh=${scripts}
    DEPENDS linnet-add-programs ${PROJECT_BINARY_DIR}/initramfs.cpio initramfs ${scripts}
        ${CMAKE_CURRENT_SOURCE_DIR}/shell/like-ash
    COMMENT "Packing the shell's scripts")
add_custom_target(shell-initramfs DEPENDS ${shell_initramfs})
add_test(NAME shell.guest.like-ash
    COMMAND linnet-runner run --timeout 200 --initrd ${shell_initramfs}
        -- like-ash /linnet/bin/lsh /scripts.sh)
set_tests_properties(shell.guest.like-ash PROPERTIES TIMEOUT 240)

add_executable(linnet-shell-test terminal/pty.cpp shell/session_test.cpp)
target_compile_definitions(linnet-shell-test PRIVATE LINNET_BUILD="${PROJECT_BINARY_DIR}"
    LINNET_SANDBOX="${sandbox}")
target_link_libraries(linnet-shell-test PRIVATE linnet-runner-parts GTest::gtest_main)
gtest_discover_tests(linnet-shell-test TEST_PREFIX shell.
    PROPERTIES TIMEOUT 120 ENVIRONMENT LINNET_RUNNER=$<TARGET_FILE:linnet-runner>)
