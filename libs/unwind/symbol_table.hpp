// The kernel's own names of its functions, packed for backtraces: reading.
#pragma once

#include "libs/base/memory.hpp"
#include "libs/base/types.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace unwind {

/// Layout, all little-endian, written by tools/symbols:
///
///     u32 magic, functions, names
///     u8  pairs[128][2]               what the bytes 128..255 of a name stand for: two bytes each,
///                                     which may be such bytes again (byte pair encoding)
///     u32 starts[functions]           sorted offsets of functions from the start of the text
///     u32 blocks[(names + 15) / 16]   where each 16th name begins, behind this array
///     the names                       u8 length, then that many bytes: those of the functions,
///     then
///                                     those that a LineTable refers to
class SymbolTable {
public:
    static constexpr u32 magic = 0x4d59534c; // "LSYM"
    static constexpr usize pair_count = 128;
    static constexpr usize names_per_block = 16;
    static constexpr usize longest_name = 160;

    explicit SymbolTable(ConstBytes bytes) noexcept;

    /// How many functions.
    usize size() const noexcept { return count_; }

    /// Index of the last function that starts at or before `offset`.
    std::optional<usize> find(u32 offset) const noexcept;

    u32 start(usize index) const noexcept;

    /// Unpacks a name into `into`; cuts what does not fit. Names of functions have their index,
    /// others follow.
    std::string_view name(usize index, std::span<char> into) const noexcept;

private:
    u32 word(usize at) const noexcept;
    u8 byte(usize at) const noexcept;

    ConstBytes bytes_;
    usize count_ = 0;
    usize name_count_ = 0;
    usize starts_ = 0;
    usize blocks_ = 0;
    usize names_ = 0;
};

} // namespace unwind
