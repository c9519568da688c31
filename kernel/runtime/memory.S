/* The byte functions that compilers call by name: memcpy, memmove, memset, memcmp, bcmp, strlen,
 * memchr, strcmp. In assembly, so that no compiler turns one into a call of itself. They use general
 * registers only and are leaf functions with complete CFI: a fault in one unwinds its caller. */
    .text

    .macro function name
    .globl \name
    .type \name, @function
    .balign 16
\name:
    .cfi_startproc
    .endm

    .macro end name
    .cfi_endproc
    .size \name, . - \name
    .endm

/* void* memmove(void* to, void const* from, usize size)
 * Up to 32 bytes everything is read before anything is written, so overlap does not matter. */
    function memmove
    mov %rdi, %rax
    cmp $32, %rdx
    jbe .Lsmall_copy
    mov %rdi, %rcx
    sub %rsi, %rcx
    cmp %rdx, %rcx
    jae .Lforward /* `to` lies before `from`, or behind its end */

    /* Backward, 8 bytes at a time; the first 8 are kept for last. */
    mov (%rsi), %r8
1:  mov -8(%rsi,%rdx), %rcx
    mov %rcx, -8(%rdi,%rdx)
    sub $8, %rdx
    cmp $8, %rdx
    ja 1b
    mov %r8, (%rdi)
    ret
    end memmove

/* void* memcpy(void* to, void const* from, usize size) */
    function memcpy
    mov %rdi, %rax
    cmp $32, %rdx
    jbe .Lsmall_copy
.Lforward:
    /* Whole words by the string instruction (fast on hardware, and 8 bytes a step in an emulator);
     * the last 8 bytes, which may overlap them, are read before and written after. */
    mov -8(%rsi,%rdx), %r8
    lea -8(%rdi,%rdx), %r9
    mov %rdx, %rcx
    shr $3, %rcx
    rep movsq
    mov %r8, (%r9)
    ret

.Lsmall_copy:
    cmp $16, %edx
    ja .Lcopy_17_to_32
    cmp $8, %edx
    jae .Lcopy_8_to_16
    cmp $4, %edx
    jae .Lcopy_4_to_7
    test %edx, %edx
    jz 2f
    movzbl (%rsi), %ecx
    movzbl -1(%rsi,%rdx), %r8d
    cmp $3, %edx
    jne 1f
    movzbl 1(%rsi), %r9d
    mov %r9b, 1(%rdi)
1:  mov %cl, (%rdi)
    mov %r8b, -1(%rdi,%rdx)
2:  ret
.Lcopy_4_to_7:
    mov (%rsi), %ecx
    mov -4(%rsi,%rdx), %r8d
    mov %ecx, (%rdi)
    mov %r8d, -4(%rdi,%rdx)
    ret
.Lcopy_8_to_16:
    mov (%rsi), %rcx
    mov -8(%rsi,%rdx), %r8
    mov %rcx, (%rdi)
    mov %r8, -8(%rdi,%rdx)
    ret
.Lcopy_17_to_32:
    mov (%rsi), %rcx
    mov 8(%rsi), %r8
    mov -16(%rsi,%rdx), %r9
    mov -8(%rsi,%rdx), %r10
    mov %rcx, (%rdi)
    mov %r8, 8(%rdi)
    mov %r9, -16(%rdi,%rdx)
    mov %r10, -8(%rdi,%rdx)
    ret
    end memcpy

/* void* memset(void* to, int value, usize size) */
    function memset
    mov %rdi, %r9
    movzbl %sil, %esi
    mov $0x0101010101010101, %rax
    imul %rsi, %rax
    cmp $8, %rdx
    jb 2f
    mov %rax, -8(%rdi,%rdx)
    cmp $16, %rdx
    jbe 1f
    mov %rdx, %rcx
    shr $3, %rcx
    rep stosq
    mov %r9, %rax
    ret
1:  mov %rax, (%rdi)
    mov %r9, %rax
    ret
2:  test %edx, %edx
    jz 4f
3:  mov %al, -1(%rdi,%rdx)
    dec %edx
    jnz 3b
4:  mov %r9, %rax
    ret
    end memset

/* int memcmp(void const*, void const*, usize size) */
    function memcmp
    .globl bcmp
    .type bcmp, @function
bcmp:
    xor %eax, %eax
1:  cmp $8, %rdx
    jb 3f
    mov (%rdi), %rcx
    mov (%rsi), %r8
    cmp %r8, %rcx
    jne 2f
    add $8, %rdi
    add $8, %rsi
    sub $8, %rdx
    jmp 1b
2:  bswap %rcx /* the first byte that differs decides */
    bswap %r8
    cmp %r8, %rcx
    sbb %eax, %eax
    or $1, %eax
    ret
3:  cmp $4, %edx
    jb 4f
    mov (%rdi), %ecx
    mov (%rsi), %r8d
    cmp %r8d, %ecx
    jne 6f
    mov -4(%rdi,%rdx), %ecx /* overlaps what was equal */
    mov -4(%rsi,%rdx), %r8d
    cmp %r8d, %ecx
    jne 6f
    ret
6:  bswap %ecx
    bswap %r8d
    cmp %r8d, %ecx
    sbb %eax, %eax
    or $1, %eax
    ret
4:  test %edx, %edx
    jz 5f
    movzbl (%rdi), %eax
    movzbl (%rsi), %ecx
    sub %ecx, %eax
    jnz 5f
    inc %rdi
    inc %rsi
    dec %edx
    jmp 4b
5:  ret
    end memcmp

/* usize strlen(char const*) */
    function strlen
    mov %rdi, %rax
1:  cmpb $0, (%rax)
    je 2f
    inc %rax
    jmp 1b
2:  sub %rdi, %rax
    ret
    end strlen

/* void* memchr(void const*, int value, usize size) */
    function memchr
    xor %eax, %eax
1:  test %rdx, %rdx
    jz 3f
    cmp %sil, (%rdi)
    je 2f
    inc %rdi
    dec %rdx
    jmp 1b
2:  mov %rdi, %rax
3:  ret
    end memchr

/* int strcmp(char const*, char const*) */
    function strcmp
1:  movzbl (%rdi), %eax
    movzbl (%rsi), %ecx
    sub %ecx, %eax
    jnz 2f
    test %ecx, %ecx
    jz 2f
    inc %rdi
    inc %rsi
    jmp 1b
2:  ret
    end strcmp

    .section .note.GNU-stack, "", @progbits
