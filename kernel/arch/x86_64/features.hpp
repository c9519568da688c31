// What this CPU can do, asked once.
#pragma once

#include "libs/base/types.hpp"

namespace arch {

struct CpuFeatures {
    bool gigabyte_pages;
    bool smep;
    bool smap;
    bool umip;
    bool fast_strings; ///< ERMS: `rep movsb` is the fast copy
    bool xsave;
    bool random;
    u64 xsave_mask;  ///< parts of the FPU state that are saved, as XCR0 has them
    u32 xsave_bytes; ///< room the parts in xsave_mask need
    u8 physical_bits;
};

extern CpuFeatures const& cpu_features;

/// Asks CPUID; once, on the boot CPU.
void detect_cpu_features();
/// Turns on in this CPU's control registers what was detected.
void enable_cpu_features();
/// Writes `stac` and `clac` where user memory is touched, if the CPU knows them.
void patch_access_checks();

} // namespace arch
