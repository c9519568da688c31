# Sanitizers inside the kernel (LINNET_KERNEL_SANITIZE): flags, and the code that goes without them.

set(linnet_kernel_sanitize_flags "")

if("undefined" IN_LIST LINNET_KERNEL_SANITIZE)
    # Without `function`, which reads a type before each function called by pointer and finds none
    # before those in assembly; and `vptr`, which needs the run-time types of a larger C++ runtime.
    list(APPEND linnet_kernel_sanitize_flags -fsanitize=undefined -fno-sanitize=function,vptr
        -fno-sanitize-recover=undefined -DLINNET_UBSAN=1)
endif()

# The reports' own code; an error there would report itself without end.
set(linnet_unsanitized_rooms sanitizer)
