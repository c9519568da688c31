// CPUID, and the control register bits that follow from it.
#include "kernel/arch/x86_64/features.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/random.hpp"
#include "kernel/arch/api/user_registers.hpp"
#include "kernel/arch/x86_64/clock.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "libs/base/memory.hpp"

#include <cstring>

namespace arch {
namespace {

constinit CpuFeatures features{};

constexpr bool bit(u32 word, unsigned index) {
    return (word >> index & 1) != 0;
}

/// Bytes of the standard XSAVE format up to the end of the last part in `mask`.
u32 xsave_area_bytes(u64 mask) {
    u32 bytes = 512 + 64;
    for (u32 part = 2; part < 63; ++part) {
        if ((mask >> part & 1) == 0)
            continue;
        auto const place = cpuid(0xd, part);
        if (place.a + place.b > bytes)
            bytes = place.a + place.b;
    }
    return bytes;
}

} // namespace

constinit CpuFeatures const& cpu_features = features;

void detect_cpu_features() {
    auto const basic = cpuid(1);
    features.xsave = bit(basic.c, 26);
    features.random = bit(basic.c, 30);
    if (has_leaf(7)) {
        auto const extended = cpuid(7);
        features.smep = bit(extended.b, 7);
        features.fast_strings = bit(extended.b, 9);
        features.smap = bit(extended.b, 20);
        features.umip = bit(extended.c, 2);
    }
    features.gigabyte_pages = bit(cpuid(0x8000'0001).d, 26);
    features.physical_bits =
        has_leaf(0x8000'0008) ? static_cast<u8>(cpuid(0x8000'0008).a & 0xff) : 36;
    if (features.xsave && has_leaf(0xd)) {
        // x87, SSE, AVX, AVX-512: what a signal frame can carry and programs can know of.
        constexpr u64 wanted = 0x7 | 0xe0;
        auto const supported = cpuid(0xd);
        features.xsave_mask = (u64{supported.d} << 32 | supported.a) & wanted;
        features.xsave_bytes = xsave_area_bytes(features.xsave_mask);
    } else {
        features.xsave = false;
        features.xsave_mask = 0x3;
        features.xsave_bytes = 512;
    }
}

void enable_cpu_features() {
    u64 cr4 = read_cr4() | cr4_global_pages | cr4_fxsr | cr4_simd_exceptions;
    if (features.umip)
        cr4 |= cr4_umip;
    if (features.smep)
        cr4 |= cr4_smep;
    if (features.smap)
        cr4 |= cr4_smap;
    if (features.xsave)
        cr4 |= cr4_xsave;
    write_cr4(cr4);
    write_cr0((read_cr0() | cr0_monitor | cr0_numeric_error) &
              ~(cr0_emulate_fpu | cr0_task_switched));
    if (features.xsave)
        write_xcr0(features.xsave_mask);
}

extern "C" {
/// An instruction of three bytes that lets the kernel touch user memory, or ends that.
struct AccessCheckSite {
    u64 instruction;
    u64 is_clac;
};

extern AccessCheckSite const __access_check_sites_start[];
extern AccessCheckSite const __access_check_sites_end[];
}

void patch_access_checks() {
    if (!features.smap)
        return;
    for (auto const* site = __access_check_sites_start; site != __access_check_sites_end; ++site) {
        auto const physical = kernel_translate(VirtAddr(site->instruction));
        ensure(physical.has_value(), "an access check site is not mapped");
        // Text is never writable where it runs; its alias in the direct map is.
        u8 const code[] = {0x0f, 0x01, static_cast<u8>(site->is_clac != 0 ? 0xca : 0xcb)};
        std::memcpy(pointer_to<u8>(direct_map(*physical)), code, sizeof code);
    }
}

std::optional<u64> hardware_random() {
    if (!features.random)
        return std::nullopt;
    for (int tries = 0; tries < 10; ++tries) {
        u64 value;
        bool valid;
        // Safe because CPUID announced RDRAND.
        asm volatile("rdrand %0" : "=r"(value), "=@ccc"(valid));
        if (valid)
            return value;
    }
    return std::nullopt;
}

ProgramFeatures program_features() {
    return {cpuid(1).d, 0}; // the second word: neither MONITOR nor FSGSBASE is there for programs
}

CpuDescription describe_cpu() {
    CpuDescription description{};
    auto const vendor = cpuid(0);
    std::memcpy(description.vendor, &vendor.b, 4);
    std::memcpy(description.vendor + 4, &vendor.d, 4);
    std::memcpy(description.vendor + 8, &vendor.c, 4);
    if (has_leaf(0x8000'0004)) {
        for (u32 part = 0; part < 3; ++part) {
            auto const text = cpuid(0x8000'0002 + part);
            std::memcpy(description.brand + part * 16, &text, 16);
        }
    }
    u32 const signature = cpuid(1).a;
    description.stepping = signature & 0xf;
    description.family = signature >> 8 & 0xf;
    description.model = signature >> 4 & 0xf;
    if (description.family == 6 || description.family == 15)
        description.model |= (signature >> 16 & 0xf) << 4;
    if (description.family == 15)
        description.family += signature >> 20 & 0xff;
    description.khz = tsc_khz();
    return description;
}

} // namespace arch
