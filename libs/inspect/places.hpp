// Which functions, inlined ones too, and which lines an address of an image belongs to, by its
// DWARF.
#pragma once

#include "libs/base/string.hpp"
#include "libs/dwarf/units.hpp"

namespace inspect {

struct Place {
    std::string_view linkage; ///< the function as the linker knows it; may be empty
    std::string_view plain;   ///< without its namespace
    String file;
    u32 line = 0;
};

/// Innermost first; empty when DWARF does not describe the address, which is as the file has it.
/// Reads the units one after the other and keeps nothing, for a few addresses of an image.
Vector<Place> places_at(dwarf::DebugSections const& sections, u64 address);

} // namespace inspect
