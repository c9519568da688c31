/* _start: where the kernel enters a program. The stack holds argc, argv, envp and the auxiliary vector. */
    .section .text._start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    .cfi_startproc
    .cfi_undefined rip /* the outermost frame */
    xor %ebp, %ebp
    mov %rsp, %rdi
    and $-16, %rsp
    call linnet_start
    ud2 /* linnet_start() does not return */
    .cfi_endproc
    .size _start, . - _start
    .section .note.GNU-stack, "", @progbits
