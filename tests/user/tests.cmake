# Programs of user space: the cases of each tests/user/NAME.cases run on this machine, and all of them in one boot of
# Linnet, by the same program that judges. On this machine, which they could harm, in a sandbox.
set(sandbox ${CMAKE_CURRENT_SOURCE_DIR}/user/sandbox)
# What bt is tried on.
add_executable(deep user/deep.cpp)
target_compile_options(deep PRIVATE -O1 -Wall -Wextra -Werror -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
target_link_options(deep PRIVATE -static)
set_target_properties(deep PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/user/bin)
get_property(programs GLOBAL PROPERTY linnet_user_programs)
list(APPEND programs ${PROJECT_BINARY_DIR}/user/bin/deep)
set(user_initramfs ${PROJECT_BINARY_DIR}/tests/user.cpio)
set(entries linnet/ linnet/tests/ linnet/tests/bin/
    linnet/tests/aborts.sh=${CMAKE_CURRENT_SOURCE_DIR}/user/aborts.sh)
foreach(program IN LISTS programs)
    cmake_path(GET program FILENAME name)
    list(APPEND entries linnet/tests/bin/${name}=${program})
endforeach()
file(GLOB cases CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/user/*.cases)
set(in_guest "")
foreach(file IN LISTS cases)
    cmake_path(GET file STEM name)
    list(APPEND entries linnet/tests/${name}.cases=${file})
    list(APPEND in_guest /linnet/tests/${name}.cases)
    add_test(NAME user.host.${name} COMMAND ${sandbox} ${PROJECT_BINARY_DIR}/user/bin/user-check ${file})
    set_tests_properties(user.host.${name} PROPERTIES TIMEOUT 120)
endforeach()
# What only a machine of its own may do, last.
file(GLOB guest_cases CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/user/guest/*.cases)
foreach(file IN LISTS guest_cases)
    cmake_path(GET file FILENAME name)
    list(APPEND entries linnet/tests/guest.${name}=${file})
    list(APPEND in_guest /linnet/tests/guest.${name})
endforeach()
add_custom_command(
    OUTPUT ${user_initramfs}
    COMMAND linnet-add-programs ${PROJECT_BINARY_DIR}/initramfs.cpio ${user_initramfs} ${entries}
    DEPENDS linnet-add-programs deep ${PROJECT_BINARY_DIR}/initramfs.cpio initramfs ${programs} ${cases} ${guest_cases}
        ${CMAKE_CURRENT_SOURCE_DIR}/user/aborts.sh
    COMMENT "Packing the programs of user space and their tests")
add_custom_target(user-initramfs DEPENDS ${user_initramfs})
add_test(NAME user.guest
    COMMAND linnet-runner run --timeout 200 -c 2 --initrd ${user_initramfs}
        -- /linnet/tests/bin/user-check ${in_guest})
add_test(NAME user.aborts
    COMMAND linnet-runner run --timeout 280 -c 2 --initrd ${user_initramfs} -- /linnet/tests/aborts.sh)
set_tests_properties(user.guest user.aborts PROPERTIES TIMEOUT 300)

# The judge finds what is wrong.
add_test(NAME user.check-fails
    COMMAND ${sandbox} ${CMAKE_CURRENT_SOURCE_DIR}/user/check-fails ${PROJECT_BINARY_DIR}/user/bin/user-check)
add_test(NAME user.sandbox COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/user/sandbox-holds ${sandbox})
set_tests_properties(user.check-fails user.sandbox PROPERTIES TIMEOUT 60)

# The size of a program, and what it does in user mode, beside the same with static glibc.
add_executable(user-instructions user/instructions.cpp)
target_compile_options(user-instructions PRIVATE -Wall -Wextra -Werror)
add_executable(hello-glibc user/hello-glibc.c)
target_link_options(hello-glibc PRIVATE -static)
add_test(NAME user.instructions COMMAND user-instructions 10 16384
    ${PROJECT_BINARY_DIR}/user/bin/hello $<TARGET_FILE:hello-glibc>)
add_dependencies(user-initramfs user-instructions hello-glibc)

# A6.2
add_test(NAME must-not-link.undefined-write
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/user/undefined-write ${CMAKE_CXX_COMPILER} ${PROJECT_BINARY_DIR})
set_tests_properties(user.instructions must-not-link.undefined-write PROPERTIES TIMEOUT 240)
