// The pieces of an image's text whose instructions show the same functions and lines in a
// backtrace.
#pragma once

#include "libs/symbols/listing.hpp"
#include "libs/symbols/source_map.hpp"

#include <span>

struct StackFrame {
    std::uint32_t scope = Scope::none; ///< of the map
    std::uint32_t file = 0;            ///< index into SourceMap::files; 0: not known
    std::uint32_t line = 0;

    bool operator==(StackFrame const&) const = default;
};

/// From `start` to the next piece's.
struct StackPiece {
    std::uint64_t start = 0;
    std::vector<StackFrame> frames; ///< outermost first; empty: not known
};

/// An instruction that is not visible belongs to the visible one before it in its function. Copies
/// of functions of libs/base and the standard library that call nothing else inlined are left out:
/// their callers' lines say enough. docs/manual/unwinding.md
std::vector<StackPiece> stack_pieces(SourceMap const& map,
                                     std::span<Instruction const> instructions);

/// What of the frames at `address` a piece keeps, outermost first.
std::vector<StackFrame> kept_frames(SourceMap const& map, std::uint64_t address);
