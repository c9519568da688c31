# The architecture: every room and what it may use, bottom to top.

room(abi AT abi)
room(base AT libs/base USES abi)

# The kernel. arch_api is the contract; one machine implements it in each build.
room(arch_api AT kernel/arch/api USES base)
room(sync AT kernel/sync USES arch_api THREADS)
room(mem AT kernel/mem USES sync)
room(task AT kernel/task USES mem THREADS)

# What host programs need in place of the kernel's log of bugs.
if(LINNET_HOST_TESTS OR LINNET_FUZZ)
    add_library(linnet_host_support STATIC ${CMAKE_SOURCE_DIR}/libs/hosttest/bug_host.cpp)
    target_compile_options(linnet_host_support PRIVATE ${linnet_host_flags} -I${CMAKE_SOURCE_DIR})
endif()
