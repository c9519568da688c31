# The program's first instructions: note the time, then start as any C program does.
    .globl first_entry
first_entry:
    rdtsc
    shl $32, %rdx
    or %rdx, %rax
    mov %rax, first_ticks(%rip)
    xor %edx, %edx              # what the kernel had left there: no function to call at exit
    jmp _start

    .bss
    .balign 8
    .globl first_ticks
first_ticks:
    .quad 0
    .section .note.GNU-stack, "", @progbits
