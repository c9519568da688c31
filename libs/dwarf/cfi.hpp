// Call frame information: finds the description of the frame that runs at an instruction.
#pragma once

#include "libs/dwarf/reader.hpp"

#include <optional>

namespace dwarf {

/// A frame description entry together with its common information entry (.eh_frame).
struct FrameDescription {
    u64 address = 0; ///< of the entry itself
    u64 start = 0;   ///< the code it covers
    u64 size = 0;
    u64 lsda = 0; ///< language-specific data, 0 when the function has none
    Reader::Pointer personality = {};
    u64 code_alignment = 1;
    i64 data_alignment = 1;
    u64 return_register = 16;
    u8 address_encoding = absolute;
    bool signal_frame = false; ///< its return address is an interrupted instruction
    Reader initial = {};       ///< the common program
    Reader program = {};       ///< this function's program

    bool covers(u64 instruction) const noexcept { return instruction - start < size; }
};

/// The two sections of one loaded image. `header` may be empty: the search is then linear.
struct FrameTables {
    Region header = {}; ///< .eh_frame_hdr
    Region frames = {}; ///< .eh_frame
};

/// Decodes the entry at `address` in `frames`, whose common entry lies in `commons`, mostly the
/// same; nothing when it is malformed or a common entry.
std::optional<FrameDescription> parse_frame(Region const& frames, Region const& commons,
                                            u64 address) noexcept;

/// The entry that covers `instruction`.
std::optional<FrameDescription> find_frame(FrameTables const& tables, u64 instruction) noexcept;

} // namespace dwarf
