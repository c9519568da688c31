// Canonical Huffman codes of numbers below 256, and a stream of bits.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

using SymbolCounts = std::array<std::uint64_t, 256>;

/// The shortest code for symbols that occur so often in which no code is longer than `longest`
/// bits, or nearly so.
class HuffmanCode {
public:
    HuffmanCode() = default;
    HuffmanCode(SymbolCounts counts, unsigned longest);

    struct Bits {
        unsigned size = 0; ///< 0: does not occur
        std::uint32_t value = 0;
    };

    Bits const& operator[](std::uint8_t symbol) const { return codes_[symbol]; }

    /// How many codes of each size, from 0 to the longest, and the symbols in the order of codes.
    std::vector<std::uint32_t> counts;
    std::vector<std::uint8_t> symbols;

private:
    std::array<Bits, 256> codes_{};
};

class BitStream {
public:
    /// Of `value` the lowest `count` bits, lowest first.
    void put(std::uint32_t value, unsigned count);
    /// Highest bit first.
    void put(HuffmanCode::Bits const& code);

    std::uint64_t size() const { return size_; } ///< in bits

    std::vector<std::uint8_t> const& bytes() const { return bytes_; }

private:
    std::vector<std::uint8_t> bytes_;
    std::uint64_t size_ = 0;
};
