# The kernel above arch as one host process that faults are put into: every room as the kernel's own flags
# shape it, on arch/host, with the kernel's C++ runtime. docs/manual/testing.md

get_property(throwing GLOBAL PROPERTY linnet_throwing_objects)
set(objects $<FILTER:$<TARGET_OBJECTS:linnet_host_runtime>,EXCLUDE,libs/base/vector\\.cpp>)
foreach(target IN LISTS throwing)
    if(NOT target MATCHES "\\.(dwarf|unwind|parity)$") # the runtime has them
        # It also has panic(); and the end at the first bug is what this program is not for.
        list(APPEND objects
            "$<FILTER:$<TARGET_OBJECTS:${target}>,EXCLUDE,(libs/base|kernel/host_system)/bug\\.cpp>")
    endif()
endforeach()
file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/kernel/host_system/*_test.cpp)
list(FILTER tests EXCLUDE REGEX "refusals_test")
find_package(GTest REQUIRED)
set(faults ${CMAKE_SOURCE_DIR}/tests/faults/host)
add_executable(linnet-host-kernel EXCLUDE_FROM_ALL ${tests} ${objects}
    ${faults}/heap.cpp ${faults}/main.cpp ${faults}/report.cpp)
target_compile_options(linnet-host-kernel PRIVATE ${linnet_host_runtime_flags} -fno-pic -fno-pie)
target_include_directories(linnet-host-kernel PRIVATE ${CMAKE_SOURCE_DIR})
target_link_options(linnet-host-kernel PRIVATE -no-pie -rdynamic -Wl,--gc-sections)
target_link_libraries(linnet-host-kernel PRIVATE GTest::gtest)
