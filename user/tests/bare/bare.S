/* A program without crt0 and without any library: its entry has a name of its own. */
    .section .rodata
text:
    .ascii "entered without crt0\n"
    .set length, . - text

    .text
    .globl begin
begin:
    mov $1, %eax
    mov $1, %edi
    lea text(%rip), %rsi
    mov $length, %edx
    syscall
    mov $60, %eax
    xor %edi, %edi
    testb $15, %spl /* aligned as the ABI has it at the entry */
    setnz %dil
    syscall
    ud2
    .section .note.GNU-stack, "", @progbits
