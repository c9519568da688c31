// A canonical Huffman code of DEFLATE (RFC 1951, 3.2.2), decoded by table.
#pragma once

#include "libs/base/slice.hpp"

#include <array>

namespace gzip {

inline constexpr unsigned longest_code = 15;

/// Codes of up to `fast_bits` bits are found by one look-up of the next input bits; the rare longer
/// ones by walking the canonical code length by length.
class Huffman {
public:
    static constexpr unsigned fast_bits = 10;

    struct Symbol {
        u16 value = 0;
        u8 length = 0; ///< bits used; 0 when the bits are no code
    };

    enum class Shape { complete, single_code_allowed };

    /// `lengths[s]` is the code length of symbol s, 0 when it has none. False when the lengths make
    /// no code: over-subscribed, or incomplete beyond the one-code case that RFC 1951 permits.
    bool build(Slice<u8 const> lengths, Shape shape);

    /// `bits` holds the next 15 input bits, first in the lowest.
    Symbol decode(u64 bits) const {
        Symbol const found = fast_[bits & (fast_.size() - 1)];
        return found.length != 0 ? found : decode_long(bits);
    }

private:
    Symbol decode_long(u64 bits) const;

    std::array<Symbol, 1u << fast_bits> fast_;
    std::array<u16, longest_code + 1> count_; ///< codes of each length
    std::array<u16, 288> symbols_;            ///< in canonical order
};

} // namespace gzip
