// Evaluates DWARF expressions, as far as call frame information may use them.
#pragma once

#include "libs/dwarf/reader.hpp"

#include <array>
#include <optional>
#include <span>

namespace dwarf {

/// Runs `program` on a stack that holds `initial` first; the result is the top of the stack.
/// Nothing when it is malformed, reads memory that cannot be read, or does not end.
std::optional<u64> evaluate(Reader program, std::span<u64 const> registers, Memory const& memory,
                            std::optional<u64> initial = std::nullopt) noexcept;

} // namespace dwarf
