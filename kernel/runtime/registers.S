/* Captures and resumes register contexts (unwind::Registers: 17 words, DWARF order), and reads
 * memory that may not be there. */
    .set RAX, 0*8
    .set RDX, 1*8
    .set RCX, 2*8
    .set RBX, 3*8
    .set RSI, 4*8
    .set RDI, 5*8
    .set RBP, 6*8
    .set RSP, 7*8
    .set R8, 8*8
    .set R9, 9*8
    .set R10, 10*8
    .set R11, 11*8
    .set R12, 12*8
    .set R13, 13*8
    .set R14, 14*8
    .set R15, 15*8
    .set RIP, 16*8

    .text
/* void runtime_capture(Registers*): the caller's registers as they will be after the return. The
 * caller-saved ones are not worth keeping and are left alone. */
    .globl runtime_capture
    .type runtime_capture, @function
runtime_capture:
    .cfi_startproc
    mov %rbx, RBX(%rdi)
    mov %rbp, RBP(%rdi)
    lea 8(%rsp), %rax
    mov %rax, RSP(%rdi)
    mov %r12, R12(%rdi)
    mov %r13, R13(%rdi)
    mov %r14, R14(%rdi)
    mov %r15, R15(%rdi)
    mov (%rsp), %rax
    mov %rax, RIP(%rdi)
    ret
    .cfi_endproc
    .size runtime_capture, . - runtime_capture

/* void runtime_resume(Registers const*): continues there. The two words below the new stack pointer are
 * overwritten: kernel code has no red zone. Once the stack is the new one an interrupt may overwrite the
 * registers, so the last two come from those words. Its own caller is gone, so a backtrace ends here. */
    .globl runtime_resume
    .type runtime_resume, @function
runtime_resume:
    .cfi_startproc
    .cfi_undefined %rip
    mov RSP(%rdi), %rcx
    mov RIP(%rdi), %rax
    mov RDI(%rdi), %rdx
    sub $16, %rcx
    mov %rdx, (%rcx)
    mov %rax, 8(%rcx)
    mov %rcx, RSP(%rdi)
    mov RAX(%rdi), %rax
    mov RDX(%rdi), %rdx
    mov RCX(%rdi), %rcx
    mov RBX(%rdi), %rbx
    mov RSI(%rdi), %rsi
    mov RBP(%rdi), %rbp
    mov R8(%rdi), %r8
    mov R9(%rdi), %r9
    mov R10(%rdi), %r10
    mov R11(%rdi), %r11
    mov R12(%rdi), %r12
    mov R13(%rdi), %r13
    mov R14(%rdi), %r14
    mov R15(%rdi), %r15
    mov RSP(%rdi), %rsp
    pop %rdi
    ret
    .cfi_endproc
    .size runtime_resume, . - runtime_resume

/* bool runtime_probe_word(u64 from, void* to), bool runtime_probe_byte(u64 from, void* to): false
 * when the read faults. A fault between the two labels continues at runtime_probe_failed. */
    .globl runtime_probe_word, runtime_probe_byte
    .globl runtime_probe_start, runtime_probe_end, runtime_probe_failed
    .type runtime_probe_word, @function
    .type runtime_probe_byte, @function
runtime_probe_start:
runtime_probe_word:
    .cfi_startproc
    mov (%rdi), %rax
    mov %rax, (%rsi)
    mov $1, %eax
    ret
    .cfi_endproc
    .size runtime_probe_word, . - runtime_probe_word
runtime_probe_byte:
    .cfi_startproc
    movb (%rdi), %al
    movb %al, (%rsi)
    mov $1, %eax
    ret
    .cfi_endproc
    .size runtime_probe_byte, . - runtime_probe_byte
runtime_probe_end:
    .type runtime_probe_failed, @function
runtime_probe_failed:
    .cfi_startproc
    xor %eax, %eax
    ret
    .cfi_endproc
    .size runtime_probe_failed, . - runtime_probe_failed

    .section .note.GNU-stack, "", @progbits
