/* The functions of shapes.h that look at whole registers. */
    .text
    .macro function name
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc
    .endm
    .macro end name
    .cfi_endproc
    .size \name, . - \name
    .endm

    function assembly_takes_char
    mov %edi, %eax
    ret
    end assembly_takes_char

    function assembly_takes_byte
    mov %edi, %eax
    ret
    end assembly_takes_byte

    function assembly_takes_bool
    mov %edi, %eax
    ret
    end assembly_takes_bool

    function assembly_gives_bool
    test %rdi, %rdi
    setne %cl
    mov $-1, %rax
    mov %cl, %al
    ret
    end assembly_gives_bool

    function assembly_gives_char
    mov $-1, %rax
    mov %dil, %al
    ret
    end assembly_gives_char

    function assembly_swaps
    mov %rsi, %rax
    mov %rdi, %rdx
    ret
    end assembly_swaps

    function assembly_adds
    cvtss2sd %xmm1, %xmm1
    addsd %xmm1, %xmm0
    ret
    end assembly_adds

    /* int32_t assembly_calls(int64_t (*function)(int32_t), int32_t a) */
    function assembly_calls
    .irp register, rbx, rbp, r12, r13, r14, r15
    push %\register
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset \register, 0
    .endr
    sub $8, %rsp
    .cfi_adjust_cfa_offset 8
    mov %rdi, %rax
    mov %esi, %edi
    mov $0x1111111111111111, %rbx
    mov $0x2222222222222222, %rbp
    mov $0x3333333333333333, %r12
    mov $0x4444444444444444, %r13
    mov $0x5555555555555555, %r14
    mov $0x6666666666666666, %r15
    call *%rax
    xor %eax, %eax
    .macro kept register, value
    mov $\value, %rcx
    cmp %rcx, %\register
    setne %dl
    movzbl %dl, %edx
    add %edx, %eax
    .endm
    kept rbx, 0x1111111111111111
    kept rbp, 0x2222222222222222
    kept r12, 0x3333333333333333
    kept r13, 0x4444444444444444
    kept r14, 0x5555555555555555
    kept r15, 0x6666666666666666
    add $8, %rsp
    .cfi_adjust_cfa_offset -8
    .irp register, r15, r14, r13, r12, rbp, rbx
    pop %\register
    .cfi_adjust_cfa_offset -8
    .cfi_restore \register
    .endr
    ret
    end assembly_calls
    .section .note.GNU-stack, "", @progbits
