// The processor's own registers and instructions that C++ has no words for.
#pragma once

#include "libs/base/types.hpp"

// Safe because each function below states one instruction with its operands exactly.
namespace arch {

enum class Msr : u32 {
    apic_base = 0x1b,
    efer = 0xc000'0080,
    star = 0xc000'0081,
    lstar = 0xc000'0082,
    syscall_mask = 0xc000'0084,
    fs_base = 0xc000'0100,
    gs_base = 0xc000'0101,
    kernel_gs_base = 0xc000'0102,
};

inline u64 read_msr(Msr which) {
    u32 low, high;
    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(static_cast<u32>(which)));
    return u64{high} << 32 | low;
}

inline void write_msr(Msr which, u64 value) {
    asm volatile("wrmsr"
                 :
                 : "c"(static_cast<u32>(which)), "a"(static_cast<u32>(value)),
                   "d"(static_cast<u32>(value >> 32))
                 : "memory");
}

struct CpuidResult {
    u32 a, b, c, d;
};

inline CpuidResult cpuid(u32 leaf, u32 subleaf = 0) {
    CpuidResult result;
    asm volatile("cpuid"
                 : "=a"(result.a), "=b"(result.b), "=c"(result.c), "=d"(result.d)
                 : "a"(leaf), "c"(subleaf));
    return result;
}

/// Whether the CPU has `leaf`; above the highest leaf it would repeat other data.
inline bool has_leaf(u32 leaf) {
    return cpuid(leaf & 0xc000'0000).a >= leaf;
}

inline u64 read_cr0() {
    u64 value;
    asm volatile("mov %%cr0, %0" : "=r"(value));
    return value;
}

inline void write_cr0(u64 value) {
    asm volatile("mov %0, %%cr0" : : "r"(value) : "memory");
}

inline u64 read_cr2() {
    u64 value;
    asm volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}

inline void write_cr3(u64 value) {
    asm volatile("mov %0, %%cr3" : : "r"(value) : "memory");
}

inline u64 read_cr4() {
    u64 value;
    asm volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

inline void write_cr4(u64 value) {
    asm volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

inline void write_dr6(u64 value) {
    asm volatile("mov %0, %%dr6" : : "r"(value));
}

inline void flush_page(u64 address) {
    asm volatile("invlpg (%0)" : : "r"(address) : "memory");
}

inline u64 read_flags() {
    u64 value;
    asm volatile("pushfq; popq %0" : "=r"(value) : : "memory");
    return value;
}

inline constexpr u64 flag_trap = u64{1} << 8;
inline constexpr u64 flag_interrupts = u64{1} << 9;

inline u64 read_tsc() {
    u32 low, high;
    asm volatile("rdtsc" : "=a"(low), "=d"(high));
    return u64{high} << 32 | low;
}

inline void write_xcr0(u64 value) {
    asm volatile("xsetbv"
                 :
                 : "c"(0), "a"(static_cast<u32>(value)), "d"(static_cast<u32>(value >> 32)));
}

inline constexpr u64 cr0_monitor = u64{1} << 1;
inline constexpr u64 cr0_emulate_fpu = u64{1} << 2;
inline constexpr u64 cr0_task_switched = u64{1} << 3;
inline constexpr u64 cr0_numeric_error = u64{1} << 5;
inline constexpr u64 cr4_global_pages = u64{1} << 7;
inline constexpr u64 cr4_fxsr = u64{1} << 9;
inline constexpr u64 cr4_simd_exceptions = u64{1} << 10;
inline constexpr u64 cr4_umip = u64{1} << 11;
inline constexpr u64 cr4_xsave = u64{1} << 18;
inline constexpr u64 cr4_smep = u64{1} << 20;
inline constexpr u64 cr4_smap = u64{1} << 21;

} // namespace arch
