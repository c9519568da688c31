// FPU state of threads.
#pragma once

#include "libs/base/memory.hpp"
#include "libs/base/types.hpp"

namespace arch {

/// Writes the initial state into an area of cpu_features.xsave_bytes.
void initialise_fpu_area(std::byte* area);
void save_fpu(std::byte* area);
void load_fpu(std::byte const* area);

/// Makes an area that came from user memory safe to load: unknown parts and reserved bits go.
void sanitise_fpu_area(std::byte* area);

/// The si_code for a floating point exception of the running program.
int float_error_code(bool simd);

} // namespace arch
