// Every instruction of the kernel that follows a user address. Each is listed in .fixups with the
// place to go on at when the page cannot be had.

    .macro fixup instruction, target
    .pushsection .fixups, "a"
    .quad \instruction, \target
    .popsection
    .endm

    // Three bytes that patch_access_checks() turns into stac or clac.
    .macro open_user_memory
771:
    .byte 0x0f, 0x1f, 0x00
    .pushsection .access_check_sites, "a"
    .quad 771b, 0
    .popsection
    .endm

    .macro close_user_memory
772:
    .byte 0x0f, 0x1f, 0x00
    .pushsection .access_check_sites, "a"
    .quad 772b, 1
    .popsection
    .endm

    .macro function name
    .balign 16
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc
    .endm

    .macro end_function name
    .cfi_endproc
    .size \name, . - \name
    .endm

    // Repeats a string instruction over the bytes that the register r\bytes counts, and returns how
    // many were left: by words, then by bytes; a fault among the words tries again by bytes, so that
    // all up to the bad page is done.
    .macro by_words_and_bytes instruction, bytes
    open_user_memory
    movq %r\bytes, %rcx
    shrq $3, %rcx
1:  rep \instruction\()q
    movl %e\bytes, %ecx
    andl $7, %ecx
2:  rep \instruction\()b
3:  movq %rcx, %rax
    close_user_memory
    ret
4:  andl $7, %e\bytes
    leaq (%r\bytes, %rcx, 8), %rcx
    jmp 2b
    fixup 1b, 4b
    fixup 2b, 3b
    .endm

    .section .text.user_copy, "ax", @progbits

// u64 user_copy(void* to, void const* from, u64 bytes): bytes that were not copied. One side is user
// memory.
    function user_copy
    by_words_and_bytes movs, dx
    end_function user_copy

// u64 user_zero(void* to, u64 bytes): bytes that were not zeroed.
    function user_zero
    xorl %eax, %eax
    by_words_and_bytes stos, si
    end_function user_zero

// bool user_load_word(u32 const* at, u32* into)
    function user_load_word
    open_user_memory
1:  movl (%rdi), %eax
    close_user_memory
    movl %eax, (%rsi)
    movl $1, %eax
    ret
2:  close_user_memory
    xorl %eax, %eax
    ret
    fixup 1b, 2b
    end_function user_load_word

// bool user_exchange_word(u32* at, u32* expected, u32 wanted): *expected becomes what was there.
    function user_exchange_word
    movl (%rsi), %eax
    open_user_memory
1:  lock cmpxchgl %edx, (%rdi)
    close_user_memory
    movl %eax, (%rsi)
    movl $1, %eax
    ret
2:  close_user_memory
    xorl %eax, %eax
    ret
    fixup 1b, 2b
    end_function user_exchange_word
    .section .note.GNU-stack, "", @progbits
