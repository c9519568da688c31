// Packs lines and inlined functions into the table that libs/unwind/line_table.hpp reads.
#pragma once

#include "libs/symbols/pack.hpp"
#include "libs/symbols/stacks.hpp"

struct PackedLines {
    std::vector<std::uint8_t> table;
    std::vector<std::string> names; ///< of inlined functions and files: behind those of functions
};

/// `pieces` are those of `map`, whose text starts at `text_start`.
PackedLines pack_lines(SourceMap const& map, std::vector<StackPiece> const& pieces,
                       std::uint64_t text_start, std::vector<Function> const& functions);
