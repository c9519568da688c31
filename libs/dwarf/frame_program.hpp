// Runs call frame programs: how to find the caller's registers at one instruction of a function.
#pragma once

#include "libs/dwarf/cfi.hpp"

#include <array>
#include <optional>

namespace dwarf {

/// x86-64's general registers and return address, in DWARF's numbering (System V psABI, fig. 3.36).
inline constexpr usize register_count = 17;

/// How the caller's value of one register is found.
struct Rule {
    enum Kind : u8 {
        same,          ///< not changed by this function (also what no rule means)
        undefined,     ///< lost; for the return address: the stack ends here
        at_offset,     ///< stored at CFA + value
        is_offset,     ///< is CFA + value
        in_register,   ///< in register number `value`
        at_expression, ///< stored where the expression says
        is_expression, ///< what the expression says
    };

    i32 value = 0; ///< of an expression: its offset in the section
    Kind kind = same;
};

/// One row of the unwind table. Small, since rows are saved on a kernel stack.
struct Row {
    i32 cfa_offset = 0; ///< of an expression: its offset in the section
    u8 cfa_register = 0;
    bool cfa_is_expression = false;
    std::array<Rule, register_count> rules = {};
};

/// The row in force at `instruction`, which the description covers. Nothing when malformed.
std::optional<Row> row_at(Region const& frames, FrameDescription const& frame,
                          u64 instruction) noexcept;

/// The expression at a Row's offset.
Reader expression_at(Region const& frames, i32 offset) noexcept;

} // namespace dwarf
