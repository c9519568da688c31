# The rooms and programs of user space; their architecture, as rooms.cmake is the kernel's.

# The C core, which everything else stands on, and crt0.
user_room(user_abi AT user/abi USES abi base)
user_room(user_start AT user/start USES user_abi)
user_room(os AT user/os USES user_abi)

# The C++ runtime, which is the kernel's.
linnet_user_version_of(unwind)
linnet_user_version_of(dwarf)
set(runtime "")
foreach(part IN ITEMS cxa.cpp exception_ptr.cpp guard.cpp memory.S new.cpp noexcept_pad.cpp personality.cpp probe.cpp
        raise.cpp registers.S standard.cpp type_info.cpp unwind_entries.cpp)
    list(APPEND runtime ${CMAKE_SOURCE_DIR}/kernel/runtime/${part})
endforeach()
linnet_user_library(user_runtime SOURCES ${runtime} user/runtime/hooks.cpp user/runtime/memory.cpp
    FLAGS -I${CMAKE_SOURCE_DIR} -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

linnet_program(hello AT user/examples SOURCES hello.cpp USES os)

# What runs the tests of programs, on Linux and on Linnet.
linnet_program(user-check AT user/check USES os)
foreach(name IN ITEMS abort exceptions files memory order processes words)
    linnet_program(${name} AT user/tests SOURCES ${name}.cpp USES os)
endforeach()
