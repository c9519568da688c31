// Packs function names into the table that libs/unwind/symbol_table.hpp reads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

struct Function {
    std::uint32_t start; ///< offset from the start of the text
    std::string name;    ///< ASCII
};

/// `functions` sorted by start; `others` are names that follow theirs, for other tables to refer
/// to.
std::vector<std::uint8_t> pack(std::vector<Function> const& functions,
                               std::vector<std::string> const& others = {});
