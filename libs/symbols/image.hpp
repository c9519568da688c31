// The sections of an ELF image that say where its code comes from.
#pragma once

#include "libs/dwarf/units.hpp"

#include <cstdint>
#include <span>

struct ImageSections {
    dwarf::DebugSections debug;
    std::uint64_t text_start = 0;
    std::uint64_t text_end = 0;
};

/// Of a 64-bit ELF image that outlives the answer; empty when it is damaged or none.
ImageSections sections_of(std::span<char const> image);
