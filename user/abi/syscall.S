/* linnet_syscall(), and the clone whose child starts in a function on a stack of its own. */
    .text

    /* long linnet_syscall(number, a, b, c, d, e, f): C passes the seventh on the stack. */
    .section .text.linnet_syscall, "ax", @progbits
    .globl linnet_syscall
    .type linnet_syscall, @function
linnet_syscall:
    .cfi_startproc
    mov %rdi, %rax
    mov %rsi, %rdi
    mov %rdx, %rsi
    mov %rcx, %rdx
    mov %r8, %r10
    mov %r9, %r8
    mov 8(%rsp), %r9
    syscall
    ret
    .cfi_endproc
    .size linnet_syscall, . - linnet_syscall

    /* long linnet_clone(flags, stack, parent_tid, child_tid, tls, function, argument): clone(2) in the kernel's order of
     * arguments. The child calls function(argument) on the stack that ends at `stack`; the function does not return. */
    .section .text.linnet_clone, "ax", @progbits
    .globl linnet_clone
    .type linnet_clone, @function
linnet_clone:
    .cfi_startproc
    mov %rcx, %r10
    mov 8(%rsp), %rcx
    and $-16, %rsi
    sub $16, %rsi
    mov %r9, (%rsi)
    mov %rcx, 8(%rsi)
    mov $56, %eax
    syscall
    test %eax, %eax
    jz 1f
    ret
1:  .cfi_undefined rip /* the outermost frame of the child */
    xor %ebp, %ebp
    pop %rax
    pop %rdi
    call *%rax
    ud2
    .cfi_endproc
    .size linnet_clone, . - linnet_clone

    /* Where signal handlers return to: rt_sigreturn(2). */
    .section .text.linnet_signal_return, "ax", @progbits
    .globl linnet_signal_return
    .type linnet_signal_return, @function
    nop /* unwinders look at the byte before */
linnet_signal_return:
    mov $15, %eax
    syscall
    ud2
    .size linnet_signal_return, . - linnet_signal_return
    .section .note.GNU-stack, "", @progbits
