// Entries for every exception and interrupt, and the ways back.
//
// Each saves all registers as arch::UserRegisters; from user mode that lands at the top of the
// kernel stack. The call frame information is right at every instruction, so that a bug thrown from
// a fault and a backtrace from an interrupt walk through here.

#include "kernel/arch/x86_64/asm_offsets.hpp"

    .macro save register
    pushq %\register
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset \register, 0
    .endm

    .macro restore register
    popq %\register
    .cfi_adjust_cfa_offset -8
    .cfi_restore \register
    .endm

    // All but rdi, which the stubs save.
    .macro save_registers
    save rsi
    save rdx
    save rcx
    save rax
    save r8
    save r9
    save r10
    save r11
    save rbx
    save rbp
    save r12
    save r13
    save r14
    save r15
    .endm

    .macro restore_all_but_frame
    restore r15
    restore r14
    restore r13
    restore r12
    restore rbp
    restore rbx
    restore r11
    restore r10
    restore r9
    restore r8
    restore rax
    restore rcx
    restore rdx
    restore rsi
    restore rdi
    .endm

    .macro restore_registers
    restore_all_but_frame
    addq $8, %rsp               // orig_rax
    .cfi_adjust_cfa_offset -8
    .endm

    // All saved registers are an odd number of words.
    .macro call_aligned function
    subq $8, %rsp
    .cfi_adjust_cfa_offset 8
    call \function
    addq $8, %rsp
    .cfi_adjust_cfa_offset -8
    .endm

    // The CFA is the address above the frame that the CPU pushed: ss, rsp, rflags, cs, rip.
    .macro trap_frame cfa_offset
    .cfi_def_cfa rsp, \cfa_offset
    .cfi_offset rip, -40
    .cfi_offset rsp, -16
    .endm

    .macro all_saved
    trap_frame REGISTERS_SIZE
    .cfi_offset rdi, -56
    .cfi_offset rsi, -64
    .cfi_offset rdx, -72
    .cfi_offset rcx, -80
    .cfi_offset rax, -88
    .cfi_offset r8, -96
    .cfi_offset r9, -104
    .cfi_offset r10, -112
    .cfi_offset r11, -120
    .cfi_offset rbx, -128
    .cfi_offset rbp, -136
    .cfi_offset r12, -144
    .cfi_offset r13, -152
    .cfi_offset r14, -160
    .cfi_offset r15, -168
    .endm

    // A user program may have left AC set, which would open its memory to the kernel.
    .macro close_user_memory
771:
    .byte 0x0f, 0x1f, 0x00      // a nop, or `clac`: see patch_access_checks()
    .pushsection .access_check_sites, "a"
    .quad 771b, 1
    .popsection
    .endm

    // Stubs, 16 bytes apart: error code (or -1), rdi, and the vector in edi.
    .text
    .balign 16
    .globl trap_stubs
    .type trap_stubs, @function
trap_stubs:
    .cfi_startproc simple
    .cfi_signal_frame
    .set vector, 0
    .rept 256
    .balign 16
    .cfi_restore rdi
    .if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
    trap_frame 48
    .else
    trap_frame 40
    pushq $-1
    .cfi_adjust_cfa_offset 8
    .endif
    save rdi
    movl $vector, %edi
    jmp trap_common
    .set vector, vector + 1
    .endr
    .cfi_endproc
    .size trap_stubs, . - trap_stubs

    .type trap_common, @function
trap_common:
    .cfi_startproc simple
    .cfi_signal_frame
    trap_frame 56
    .cfi_offset rdi, -56
    save_registers
    cld
    close_user_memory
    testb $3, REGISTERS_CS(%rsp)
    jz 1f
    swapgs
1:  movq %rsp, %rsi
    movq REGISTERS_ORIG_RAX(%rsp), %rdx
    movq $-1, REGISTERS_ORIG_RAX(%rsp)
    call_aligned handle_trap    // (vector, registers, error code)
    testb $3, REGISTERS_CS(%rsp)
    jnz leave_to_user
    restore_registers
    iretq
    .cfi_endproc
    .size trap_common, . - trap_common

// With the registers to load at the stack pointer and interrupts off.
    .globl leave_to_user
    .type leave_to_user, @function
leave_to_user:
    .cfi_startproc simple
    .cfi_signal_frame
    all_saved
    restore_registers
    swapgs
    iretq
    .cfi_endproc
    .size leave_to_user, . - leave_to_user

// For the traps that come at any instruction, on stacks of their own: whether GS is the kernel's
// cannot be told from CS, so its sign is.
    .macro anywhere name, vector, has_error
    .balign 16
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc simple
    .cfi_signal_frame
    .if \has_error
    trap_frame 48
    .else
    trap_frame 40
    pushq $-1
    .cfi_adjust_cfa_offset 8
    .endif
    save rdi
    save_registers
    cld
    close_user_memory
    movl $0xc0000101, %ecx      // GS base
    rdmsr
    xorl %ebx, %ebx
    testl %edx, %edx
    js 1f
    swapgs
    movl $1, %ebx
1:  movl $\vector, %edi
    movq %rsp, %rsi
    movq REGISTERS_ORIG_RAX(%rsp), %rdx
    movq $-1, REGISTERS_ORIG_RAX(%rsp)
    call_aligned handle_trap_anywhere
    testl %ebx, %ebx
    jz 2f
    swapgs
2:  restore_registers
    iretq
    .cfi_endproc
    .size \name, . - \name
    .endm

    anywhere nmi_entry, 2, 0
    anywhere double_fault_entry, 8, 1
    anywhere machine_check_entry, 18, 0

// The `syscall` instruction: rcx and r11 hold the program's rip and rflags, everything else is its.
    .balign 16
    .globl syscall_entry
    .type syscall_entry, @function
syscall_entry:
    .cfi_startproc simple
    .cfi_signal_frame
    .cfi_def_cfa rsp, 0
    .cfi_register rip, rcx
    swapgs
    movq %rsp, %gs:CPU_USER_STACK
    movq %gs:CPU_KERNEL_STACK, %rsp
    .cfi_undefined rsp          // for two instructions only the CPU's data has it
    pushq $USER_DATA
    .cfi_adjust_cfa_offset 8
    pushq %gs:CPU_USER_STACK
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rsp, 0
    pushq %r11
    .cfi_adjust_cfa_offset 8
    pushq $USER_CODE
    .cfi_adjust_cfa_offset 8
    pushq %rcx
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rip, 0
    pushq %rax
    .cfi_adjust_cfa_offset 8
    save rdi
    save_registers
    movq %rsp, %rdi
    call_aligned handle_system_call // whether `sysret` can return to what the registers say
    testb %al, %al
    jz leave_to_user
    restore_all_but_frame
    .cfi_register rip, rcx
    movq 32(%rsp), %rsp         // behind orig_rax, rip, cs, rflags
    .cfi_def_cfa rsp, 0
    .cfi_restore rsp
    swapgs
    sysretq
    .cfi_endproc
    .size syscall_entry, . - syscall_entry

// First instructions of a thread: switch_context() returns here with the thread's function in rbx
// and its argument in r12, on an aligned stack.
    .globl thread_entry
    .type thread_entry, @function
thread_entry:
    .cfi_startproc simple
    .cfi_def_cfa rsp, 0
    .cfi_undefined rip
    xorl %ebp, %ebp
    movq %r12, %rdi
    movq %rbx, %rsi
    call begin_thread
    ud2
    .cfi_endproc
    .size thread_entry, . - thread_entry

    .globl user_thread_entry
    .type user_thread_entry, @function
user_thread_entry:
    .cfi_startproc simple
    .cfi_def_cfa rsp, REGISTERS_SIZE
    .cfi_undefined rip
    movq %rsp, %rdi
    call_aligned begin_user_thread
    jmp leave_to_user
    .cfi_endproc
    .size user_thread_entry, . - user_thread_entry

// enter_user(): (registers at the top of this thread's stack). Forgets the stack below them.
    .globl restart_user
    .type restart_user, @function
restart_user:
    .cfi_startproc simple
    .cfi_def_cfa rsp, 8
    .cfi_undefined rip
    movq %rdi, %rsp
    .cfi_def_cfa rsp, REGISTERS_SIZE
    call_aligned prepare_user
    jmp leave_to_user
    .cfi_endproc
    .size restart_user, . - restart_user

// switch_stack(u64* save_rsp_to, u64 rsp)
    .globl switch_stack
    .type switch_stack, @function
switch_stack:
    .cfi_startproc
    save rbp
    save rbx
    save r12
    save r13
    save r14
    save r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    restore r15
    restore r14
    restore r13
    restore r12
    restore rbx
    restore rbp
    ret
    .cfi_endproc
    .size switch_stack, . - switch_stack
    .section .note.GNU-stack, "", @progbits
