// Numbers that assembly and C++ share; cpu_data.hpp checks them against the structs.
#pragma once

#define CPU_SELF 0
#define CPU_KERNEL_STACK 8 /* top of the running thread's kernel stack */
#define CPU_USER_STACK 16  /* the user's stack pointer, for a few instructions */
#define CPU_THREAD 24
#define CPU_CONTEXT 32
#define CPU_PREEMPTION 40
#define CPU_RESCHEDULE 44
#define CPU_INDEX 48
#define CPU_INTERRUPTS 52

#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
/* What programs see is as on Linux: strace and gdb tell 64-bit programs by it. */
#define USER_CODE_32 0x20 /* where sysret to 32-bit code would look; never used */
#define USER_DATA 0x2b
#define USER_CODE 0x33
#define TASK_STATE 0x40

#define REGISTERS_SIZE 168 /* arch::UserRegisters */
#define REGISTERS_ORIG_RAX 120
#define REGISTERS_CS 136
