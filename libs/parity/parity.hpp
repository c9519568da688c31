// Finds what has changed in memory that nobody may change, and says what stood there.
#pragma once

#include "libs/base/function_ref.hpp"
#include "libs/base/types.hpp"

#include <span>

namespace parity {

inline constexpr usize page_words = 512;
inline constexpr usize most_pages = 2048; ///< of a sanitized kernel, too

/// A sum of each page tells which one has changed; the exclusive or of all pages of a group, which
/// of it has been lost. Neighbours are in different groups, as a change may lie across their
/// border.
///
///     page    0   1   2   3   4   5        words 0 to 511 of group 0 = 0 ^ 2 ^ 4
///     group   0   1   0   1   0   1                         group 1 = 1 ^ 3 ^ 5
///
/// Not locked.
class Parity {
public:
    /// `memory` consists of whole pages. False, and nothing is learnt, if it has more than
    /// most_pages.
    bool learn(std::span<u64 const> memory) noexcept;

    /// Calls `put(index, word)` for each word of `memory`, which was learnt, that is not what it
    /// was. Leaves alone what cannot be told: two changed pages of one group.
    void mend(std::span<u64 const> memory, FunctionRef<void(usize, u64)> put) const noexcept;

private:
    static constexpr usize groups = 2;
    static constexpr usize nowhere = ~usize{0};

    void mend_page(std::span<u64 const> memory, usize page,
                   FunctionRef<void(usize, u64)> put) const noexcept;

    u64 sums_[most_pages] = {};
    u64 together_[groups][page_words] = {};
};

} // namespace parity
