/* One round of the register soak: fill every register, go through the kernel or wait to be interrupted, look again.
 *
 *   struct block { u64 general[14]; u64 control; u8 wide[16][16]; }
 *   general: rax rbx rcx rdx rsi rdi rbp r8 r9 r10 r11(as 11th) r12 r13 r14 -- and r15 holds the block meanwhile
 *   void soak_round(struct block const* before, struct block* after, long spins, long number)
 *
 * `number` is a system call without arguments, whose rax, rcx and r11 are lost; with -1 it only spins. */
    .text
    .globl soak_round
    .type soak_round, @function
soak_round:
    .cfi_startproc
    .irp register, rbx, rbp, r12, r13, r14, r15
    push %\register
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset \register, 0
    .endr
    sub $40, %rsp
    .cfi_adjust_cfa_offset 40
    mov %rsi, (%rsp)
    mov %rdx, 8(%rsp)
    mov %rcx, 16(%rsp)
    stmxcsr 24(%rsp)
    mov %rdi, %r15
    ldmxcsr 112(%r15)
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movdqu 120+16*\number(%r15), %xmm\number
    .endr
    mov 8(%r15), %rbx
    mov 16(%r15), %rcx
    mov 24(%r15), %rdx
    mov 32(%r15), %rsi
    mov 40(%r15), %rdi
    mov 48(%r15), %rbp
    mov 56(%r15), %r8
    mov 64(%r15), %r9
    mov 72(%r15), %r10
    mov 80(%r15), %r11
    mov 88(%r15), %r12
    mov 96(%r15), %r13
    mov 104(%r15), %r14
    mov 16(%rsp), %rax
    test %rax, %rax
    js 1f
    syscall
    jmp 3f
1:  mov (%r15), %rax
2:  decq 8(%rsp)
    jnz 2b
3:  mov (%rsp), %r15
    mov %rax, (%r15)
    mov %rbx, 8(%r15)
    mov %rcx, 16(%r15)
    mov %rdx, 24(%r15)
    mov %rsi, 32(%r15)
    mov %rdi, 40(%r15)
    mov %rbp, 48(%r15)
    mov %r8, 56(%r15)
    mov %r9, 64(%r15)
    mov %r10, 72(%r15)
    mov %r11, 80(%r15)
    mov %r12, 88(%r15)
    mov %r13, 96(%r15)
    mov %r14, 104(%r15)
    stmxcsr 112(%r15)
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movdqu %xmm\number, 120+16*\number(%r15)
    .endr
    ldmxcsr 24(%rsp)
    add $40, %rsp
    .cfi_adjust_cfa_offset -40
    .irp register, r15, r14, r13, r12, rbp, rbx
    pop %\register
    .cfi_adjust_cfa_offset -8
    .cfi_restore \register
    .endr
    ret
    .cfi_endproc
    .size soak_round, . - soak_round

    /* void soak_clobber(void): what a signal handler may do to the registers that functions need not keep. */
    .globl soak_clobber
    .type soak_clobber, @function
soak_clobber:
    .cfi_startproc
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    pcmpeqd %xmm\number, %xmm\number
    .endr
    movl $0x1fbf, -4(%rsp) /* in the red zone: every flag up */
    ldmxcsr -4(%rsp)
    mov $-1, %rax
    mov %rax, %rcx
    mov %rax, %rdx
    mov %rax, %rsi
    mov %rax, %rdi
    mov %rax, %r8
    mov %rax, %r9
    mov %rax, %r10
    mov %rax, %r11
    ret
    .cfi_endproc
    .size soak_clobber, . - soak_clobber

    /* u64 soak_red_zone(u64 seed, long spins): keeps 128 bytes below the stack pointer while it waits to be
     * interrupted; how many of its 16 words changed. */
    .globl soak_red_zone
    .type soak_red_zone, @function
soak_red_zone:
    .cfi_startproc
    .irp number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    lea \number(%rdi), %rax
    mov %rax, -8*\number(%rsp)
    .endr
1:  dec %rsi
    jnz 1b
    xor %eax, %eax
    .irp number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    lea \number(%rdi), %rcx
    xor %edx, %edx
    cmp %rcx, -8*\number(%rsp)
    setne %dl
    add %rdx, %rax
    .endr
    ret
    .cfi_endproc
    .size soak_red_zone, . - soak_red_zone
    .section .note.GNU-stack, "", @progbits
