// The only code that touches x87, SSE and AVX state: Intel SDM volume 1, chapter 13.
#include "kernel/arch/x86_64/fpu.hpp"

#include "kernel/arch/x86_64/features.hpp"

#include <algorithm>
#include <cstring>

namespace arch {
namespace {

constexpr usize control_word_at = 0;
constexpr usize mxcsr_at = 24;
constexpr usize mxcsr_mask_at = 28;
constexpr usize software_at = 464; // the CPU leaves it alone; core dumps have the parts there
constexpr usize header_at = 512;
constexpr usize header_size = 64;

constexpr u16 initial_control_word = 0x37f; // all exceptions masked, 64-bit precision
constexpr u32 initial_mxcsr = 0x1f80;

template <class T>
T get(std::byte const* area, usize at) {
    T value;
    std::memcpy(&value, area + at, sizeof value);
    return value;
}

template <class T>
void put(std::byte* area, usize at, T value) {
    std::memcpy(area + at, &value, sizeof value);
}

void note_parts(std::byte* area) {
    std::memset(area + software_at, 0, header_at - software_at);
    if (cpu_features.xsave)
        put(area, software_at, u64{cpu_features.xsave_mask});
}

} // namespace

void initialise_fpu_area(std::byte* area) {
    std::memset(area, 0, cpu_features.xsave_bytes);
    put(area, control_word_at, initial_control_word);
    put(area, mxcsr_at, initial_mxcsr);
    note_parts(area);
    // With a header of zeros every part is in its initial state.
}

// Safe because areas are 64-byte aligned and hold cpu_features.xsave_bytes, and because what is
// loaded was saved here or went through sanitise_fpu_area().

void save_fpu(std::byte* area) {
    if (cpu_features.xsave)
        asm volatile("xsave64 (%0)" : : "r"(area), "a"(~0u), "d"(~0u) : "memory");
    else
        asm volatile("fxsave64 (%0)" : : "r"(area) : "memory");
}

void load_fpu(std::byte const* area) {
    if (cpu_features.xsave)
        asm volatile("xrstor64 (%0)" : : "r"(area), "a"(~0u), "d"(~0u) : "memory");
    else
        asm volatile("fxrstor64 (%0)" : : "r"(area) : "memory");
}

void sanitise_fpu_area(std::byte* area) {
    u32 mask = 0xffbf;
    alignas(64) std::byte sample[512] = {};
    asm volatile("fxsave64 (%0)" : : "r"(sample) : "memory");
    if (u32 const own = get<u32>(sample, mxcsr_mask_at); own != 0)
        mask = own;
    put(area, mxcsr_at, get<u32>(area, mxcsr_at) & mask);
    note_parts(area);
    if (!cpu_features.xsave)
        return;
    u64 const parts = get<u64>(area, header_at) & cpu_features.xsave_mask;
    std::memset(area + header_at, 0, header_size);
    put(area, header_at, parts);
}

int float_error_code(bool simd) {
    // si_code values of SIGFPE, by the exception that is raised and not masked.
    constexpr int divide = 3, overflow = 4, underflow = 5, inexact = 6, invalid = 7;
    u32 raised = 0;
    if (simd) {
        u32 mxcsr = 0;
        asm volatile("stmxcsr %0" : "=m"(mxcsr));
        raised = mxcsr & ~(mxcsr >> 7) & 0x3f;
    } else {
        u16 control = 0;
        u16 status = 0;
        asm volatile("fnstcw %0" : "=m"(control));
        asm volatile("fnstsw %0" : "=m"(status));
        raised = status & ~u32{control} & 0x3f;
    }
    if ((raised & 1) != 0)
        return invalid;
    if ((raised & 4) != 0)
        return divide;
    if ((raised & 8) != 0)
        return overflow;
    if ((raised & 0x12) != 0) // denormal counts as underflow
        return underflow;
    return (raised & 0x20) != 0 ? inexact : 0;
}

} // namespace arch
