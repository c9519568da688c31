# The kernel's C++ runtime for host programs, in place of the compiler's; libs/hosttest/runtime_host.cpp says how.
# GCC only: Clang gives faults no landing pads.

file(GLOB sources CONFIGURE_DEPENDS
    ${CMAKE_SOURCE_DIR}/libs/dwarf/*.cpp ${CMAKE_SOURCE_DIR}/libs/unwind/*.cpp
    ${CMAKE_SOURCE_DIR}/libs/parity/*.cpp)
list(FILTER sources EXCLUDE REGEX "(_test|_fuzz)\\.cpp$")
foreach(part IN ITEMS cxa.cpp exception_ptr.cpp guard.cpp noexcept_pad.cpp personality.cpp probe.cpp
        raise.cpp registers.S standard.cpp text.cpp type_info.cpp unwind_entries.cpp)
    list(APPEND sources ${CMAKE_SOURCE_DIR}/kernel/runtime/${part})
endforeach()
add_library(linnet_host_runtime OBJECT EXCLUDE_FROM_ALL ${sources}
    ${CMAKE_SOURCE_DIR}/libs/base/bug.cpp ${CMAKE_SOURCE_DIR}/libs/base/vector.cpp
    ${CMAKE_SOURCE_DIR}/libs/hosttest/runtime_host.cpp
    ${CMAKE_SOURCE_DIR}/libs/hosttest/throw_faults_host.cpp)
target_compile_options(linnet_host_runtime PRIVATE ${linnet_host_runtime_flags})
target_include_directories(linnet_host_runtime PUBLIC ${CMAKE_SOURCE_DIR})
# So that libraries, too, find these before their own.
target_link_options(linnet_host_runtime INTERFACE -rdynamic)
