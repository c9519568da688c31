// Where a further CPU begins: real mode, at the page that the startup interrupt named. Copied there
// by smp.cpp, which also fills in the words marked "set".

    .section .rodata
    .balign 16
    .globl startup_code, startup_code_end
    .globl startup_table_base, startup_jump_32, startup_jump_64
    .globl startup_root, startup_stack, startup_index, startup_function
    .code16
startup_code:
    cli
    cld
    movw %cs, %ax
    movw %ax, %ds
    xorl %ebx, %ebx
    movw %ax, %bx
    shll $4, %ebx               // where this page is
    lgdtl startup_table - startup_code
    movl %cr0, %eax
    orl $1, %eax
    movl %eax, %cr0
    ljmpl *(startup_jump_32 - startup_code)
    .code32
startup_32:
    movw $0x10, %ax
    movw %ax, %ds
    movw %ax, %ss
    movl startup_root - startup_code(%ebx), %eax
    movl %eax, %cr3
    movl %cr4, %eax
    orl $0x20, %eax             // PAE
    movl %eax, %cr4
    movl $0xc0000080, %ecx      // EFER: long mode, NX, syscall
    rdmsr
    orl $0x901, %eax
    wrmsr
    movl $0x80010033, %eax      // CR0 as boot.S sets it
    movl %eax, %cr0
    ljmpl *(startup_jump_64 - startup_code)(%ebx)
    .code64
startup_64:
    xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl %eax, %fs
    movl %eax, %gs
    movq startup_stack - startup_code(%rbx), %rsp
    movq startup_index - startup_code(%rbx), %rdi
    movq startup_function - startup_code(%rbx), %rax
    xorl %ebp, %ebp
    pushq $0                    // no return address; keeps the stack aligned as after a call
    jmp *%rax

    .balign 8
startup_segments:
    .quad 0
    .quad 0x00af9b000000ffff    // 0x08: 64-bit code
    .quad 0x00cf93000000ffff    // 0x10: data
    .quad 0x00cf9b000000ffff    // 0x18: 32-bit code
startup_table:
    .word . - startup_segments - 1
startup_table_base:
    .long startup_segments - startup_code // set: plus the page
    .balign 4
startup_jump_32:
    .long startup_32 - startup_code // set: plus the page
    .word 0x18
    .balign 4
startup_jump_64:
    .long startup_64 - startup_code // set: plus the page
    .word 0x08
    .balign 8
startup_root: .quad 0           // set
startup_stack: .quad 0          // set
startup_index: .quad 0          // set
startup_function: .quad 0       // set
startup_code_end:
    .section .note.GNU-stack, "", @progbits
