# Sanitizers inside the kernel (LINNET_KERNEL_SANITIZE): flags, and the code that goes without them.

set(linnet_kernel_sanitize_flags "")

if("undefined" IN_LIST LINNET_KERNEL_SANITIZE)
    # Without `function`, which reads a type before each function called by pointer and finds none
    # before those in assembly; and `vptr`, which needs the run-time types of a larger C++ runtime.
    list(APPEND linnet_kernel_sanitize_flags -fsanitize=undefined -fno-sanitize=function,vptr
        -fno-sanitize-recover=undefined -DLINNET_UBSAN=1)
endif()

set(linnet_kernel_sanitize_link_flags "")
if("kernel-address" IN_LIST LINNET_KERNEL_SANITIZE)
    # Every access is a call, which may find that the address has no shadow. Frame pointers make the
    # backtraces of allocations cheap. The offset is that of kernel/arch/x86_64/shadow.hpp. What is in
    # assembly is checked at its calls, by wrapping it.
    list(APPEND linnet_kernel_sanitize_flags -fsanitize=kernel-address -fno-omit-frame-pointer
        -DLINNET_KASAN=1
        "SHELL:-mllvm -asan-mapping-offset=0xdffffc0000000000"
        "SHELL:-mllvm -asan-instrumentation-with-call-threshold=0"
        "SHELL:-mllvm -asan-max-inline-poisoning-size=0"
        "SHELL:-mllvm -asan-stack=1" "SHELL:-mllvm -asan-use-after-scope=1" "SHELL:-mllvm -asan-globals=1")
    list(APPEND linnet_kernel_sanitize_link_flags -Wl,--defsym=with_constructors=1)
    foreach(function IN ITEMS memcpy memmove memset memcmp bcmp user_copy)
        list(APPEND linnet_kernel_sanitize_link_flags -Wl,--wrap=${function})
    endforeach()
endif()
if(LINNET_KERNEL_SANITIZE AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "sanitizers inside the kernel need Clang: cmake --preset sanitize")
endif()

# The reports' own code; an error there would report itself without end.
set(linnet_unsanitized_rooms sanitizer)
