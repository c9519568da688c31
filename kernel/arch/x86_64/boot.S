// From the loader's entry (32-bit, paging off, ebx = its information) to C++ in the upper half.
//
// Two loaders' protocols end here: PVH (QEMU's -kernel) and multiboot2 (GRUB, started by a BIOS or by
// UEFI). Both leave the same state behind.
//
// The first page tables already separate rights: text is executable and not writable, read-only data
// is neither, data is writable and not executable. Only the page of this file is mapped at its
// physical address, until C++ drops it.

#define KERNEL_OFFSET 0xffffffff80000000
#define PHYSICAL(symbol) ((symbol) - KERNEL_OFFSET)

#define PRESENT 0x001
#define WRITABLE 0x002
#define LARGE 0x080
#define GLOBAL 0x100
#define NO_EXECUTE_HIGH 0x80000000

#define BOOT_TABLES 8           /* page tables for the kernel image: 2 MiB each, see linnet.ld */

    .section .note.Xen, "a", @note
    .balign 4
    .long 4, 8, 18              /* name size, descriptor size, XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .quad _start

/* Multiboot2 Specification 2.0, section 3.1. Without a tag of type 7 the loader ends UEFI's boot
 * services before it starts us, so that the memory map is final. */
#define MULTIBOOT2_MAGIC 0xe85250d6
#define TAG_INFORMATION_REQUEST 1
#define TAG_ENTRY 3
#define TAG_FRAMEBUFFER 5
#define TAG_MODULE_ALIGNMENT 6
#define OPTIONAL 1

    .section .multiboot2, "a"
    .balign 8
multiboot2_header:
    .long MULTIBOOT2_MAGIC, 0, multiboot2_end - multiboot2_header
    .long -(MULTIBOOT2_MAGIC + multiboot2_end - multiboot2_header)
    .short TAG_INFORMATION_REQUEST, 0
    .long 12, 6                 /* a memory map is a must */
    .balign 8
    .short TAG_INFORMATION_REQUEST, OPTIONAL
    .long 28, 1, 3, 8, 14, 15   /* command line, modules, framebuffer, old and new ACPI pointer */
    .balign 8
    .short TAG_ENTRY, 0
    .long 12, multiboot2_entry
    .balign 8
    .short TAG_FRAMEBUFFER, OPTIONAL
    .long 20, 1024, 768, 32
    .balign 8
    .short TAG_MODULE_ALIGNMENT, 0
    .long 8
    .balign 8
    .short 0, 0
    .long 8
multiboot2_end:

    .section .boot.text, "ax"
    .code32
    .globl _start
    .type _start, @function
    .type multiboot2_entry, @function
multiboot2_entry:
    movl $1, PHYSICAL(boot_protocol)
_start:
    cld
    movl $PHYSICAL(boot_stack_top), %esp
    movl %ebx, %ebp             /* the start info survives in ebp */

    /* No long mode or no NX: say so and stop. */
    movl $0x80000000, %eax
    cpuid
    cmpl $0x80000001, %eax
    jb no_long_mode
    movl $0x80000001, %eax
    cpuid
    andl $0x20100000, %edx
    cmpl $0x20100000, %edx
    jne no_long_mode

    /* The kernel image, page by page, each part with its own rights. */
    movl $PHYSICAL(__text_start), %esi
    movl $PHYSICAL(__text_end + 4095), %edi
    movl $(PRESENT | GLOBAL), %ebx
    xorl %ecx, %ecx
    call map_pages
    movl $PHYSICAL(__rodata_start), %esi
    movl $PHYSICAL(__rodata_end), %edi
    movl $NO_EXECUTE_HIGH, %ecx
    call map_pages
    movl $PHYSICAL(__data_start), %esi
    movl $PHYSICAL(__data_end), %edi
    movl $(PRESENT | WRITABLE | GLOBAL), %ebx
    call map_pages

    /* Nothing below the stack this code leads to: an overflow faults. */
    movl $PHYSICAL(boot_stack_guard), %eax
    shrl $12, %eax
    movl $0, PHYSICAL(boot_page_tables)(, %eax, 8)

    movl $PHYSICAL(boot_page_tables) + PRESENT + WRITABLE, %eax
    movl $PHYSICAL(boot_kernel_directory), %edi
    movl boot_slide, %ecx       /* the kernel appears this much higher; 0 but in tests */
    shrl $21 - 3, %ecx
    addl %ecx, %edi
    movl $BOOT_TABLES, %ecx
1:  movl %eax, (%edi)
    addl $0x1000, %eax
    addl $8, %edi
    loop 1b
    movl $PHYSICAL(boot_kernel_directory) + PRESENT + WRITABLE, PHYSICAL(boot_kernel_pointers) + 510 * 8
    movl $PHYSICAL(boot_kernel_pointers) + PRESENT + WRITABLE, PHYSICAL(kernel_root_table) + 511 * 8

    /* The first GiB of the direct map, by large pages: enough to read the start info and to build
     * the rest. */
    movl $PHYSICAL(boot_direct_directory), %edi
    movl $(PRESENT | WRITABLE | LARGE | GLOBAL), %eax
    movl $512, %ecx
1:  movl %eax, (%edi)
    movl $NO_EXECUTE_HIGH, 4(%edi)
    addl $0x200000, %eax
    addl $8, %edi
    loop 1b
    movl $PHYSICAL(boot_direct_directory) + PRESENT + WRITABLE, PHYSICAL(direct_map_pointers)
    movl $PHYSICAL(direct_map_pointers) + PRESENT + WRITABLE, PHYSICAL(kernel_root_table) + 256 * 8

    /* This page where it is, executable and read-only, while paging starts. */
    movl $_start, %eax
    shrl $12, %eax
    andl $511, %eax
    movl $_start, %edx
    andl $0xfffff000, %edx
    orl $PRESENT, %edx
    movl %edx, PHYSICAL(boot_identity_pages)(, %eax, 8)
    movl $PHYSICAL(boot_identity_pages) + PRESENT, PHYSICAL(boot_identity_directory)
    movl $PHYSICAL(boot_identity_directory) + PRESENT, PHYSICAL(boot_identity_pointers)
    movl $PHYSICAL(boot_identity_pointers) + PRESENT, PHYSICAL(kernel_root_table)

    call relocate

    movl $PHYSICAL(kernel_root_table), %eax
    movl %eax, %cr3
    movl %cr4, %eax
    orl $0x20, %eax             /* PAE */
    movl %eax, %cr4
    movl $0xc0000080, %ecx      /* EFER: long mode, NX, syscall */
    rdmsr
    orl $0x901, %eax
    wrmsr
    movl $0x80010033, %eax      /* CR0: paging, write protection also for the kernel, MP, ET, NE */
    movl %eax, %cr0
    movl boot_slide, %ecx
    lgdt boot_gdt_pointer
    ljmp $8, $long_mode

/* Maps [esi, edi) of the kernel image with low bits ebx and high word ecx. */
map_pages:
1:  cmpl %edi, %esi
    jae 2f
    movl %esi, %eax
    shrl $12, %eax
    movl %esi, %edx
    orl %ebx, %edx
    movl %edx, PHYSICAL(boot_page_tables)(, %eax, 8)
    movl %ecx, PHYSICAL(boot_page_tables) + 4(, %eax, 8)
    addl $0x1000, %esi
    jmp 1b
2:  ret

/* Adds the slide to every word that the relocation table names. Kernel addresses stay within the top
 * 2 GiB, so the low 32 bits of a word are all that changes. */
relocate:
    movl boot_slide, %ecx
    testl %ecx, %ecx
    jz 2f
    movl $PHYSICAL(__relocations_start), %esi
    movl $PHYSICAL(__relocations_end), %edi
1:  cmpl %edi, %esi
    jae 2f
    movl (%esi), %eax
    addl %ecx, (%eax)
    addl $4, %esi
    jmp 1b
2:  ret

no_long_mode:
    movl $cpu_message, %esi
1:  movb (%esi), %al
    testb %al, %al
    jz 2f
    movw $0x3f8, %dx
    outb %al, %dx
    incl %esi
    jmp 1b
2:  movb $1, %al
    outb %al, $0xf4
3:  cli
    hlt
    jmp 3b

    .code64
long_mode:
    movabsq $upper_half, %rax
    jmp *%rax

cpu_message:
    .asciz "Linnet needs a 64-bit CPU with no-execute pages.\r\n"
    .balign 8
boot_gdt:
    .quad 0, 0x00af9b000000ffff, 0x00af93000000ffff
boot_gdt_end:
boot_gdt_pointer:
    .word boot_gdt_end - boot_gdt - 1
    .long boot_gdt
    .balign 4
    .globl boot_slide
boot_slide:
    .long boot_slide_value       /* of linnet.ld */

    .text
    .type upper_half, @function
upper_half:
    .cfi_startproc
    .cfi_undefined rip
    xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl %eax, %fs
    movl %eax, %gs
    movq $boot_stack_top, %rsp
    movl %ebp, %edi
    movl %ecx, %esi
    xorl %ebp, %ebp
    movl boot_protocol(%rip), %edx
    call arch_start             // (loader's information, slide, protocol)
    ud2
    .cfi_endproc
    .size upper_half, . - upper_half

    .data
    .balign 4
boot_protocol: .long 0          // 0 is PVH, 1 multiboot2; only of use before C++
    .section .bss.page_aligned, "aw", @nobits
    .balign 4096
    .globl kernel_root_table, startup_root_table
    .globl boot_identity_pointers, boot_identity_directory, boot_identity_pages
kernel_root_table: .skip 4096
startup_root_table: .skip 4096
direct_map_pointers: .skip 4096
boot_direct_directory: .skip 4096
boot_kernel_pointers: .skip 4096
boot_kernel_directory: .skip 4096
boot_identity_pointers: .skip 4096
boot_identity_directory: .skip 4096
boot_identity_pages: .skip 4096
boot_page_tables: .skip 4096 * BOOT_TABLES
    .globl boot_stack_guard
boot_stack_guard: .skip 4096
    .skip 16384
    .globl boot_stack_top
boot_stack_top:
    .section .note.GNU-stack, "", @progbits
