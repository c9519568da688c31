// Builds and walks canonical Huffman codes.
#include "libs/gzip/huffman.hpp"

namespace gzip {

bool Huffman::build(Slice<u8 const> lengths, Shape shape) {
    ensure(lengths.size() <= symbols_.size(), "too many symbols for a DEFLATE code");
    count_.fill(0);
    fast_.fill(Symbol{});
    for (u8 const length : lengths) {
        ensure(length <= longest_code, "a DEFLATE code length above 15");
        ++count_[length];
    }
    count_[0] = 0;

    // How many codes of each length remain unassigned.
    int unused = 1;
    unsigned longest = 0;
    for (unsigned length = 1; length <= longest_code; ++length) {
        unused = unused * 2 - count_[length];
        if (unused < 0)
            return false;
        if (count_[length] != 0)
            longest = length;
    }
    if (unused != 0 && (shape == Shape::complete || longest > 1))
        return false;

    std::array<u16, longest_code + 2> next_slot{};
    std::array<u32, longest_code + 2> next_code{};
    for (unsigned length = 1; length <= longest_code; ++length) {
        next_slot[length + 1] = static_cast<u16>(next_slot[length] + count_[length]);
        next_code[length + 1] = (next_code[length] + count_[length]) << 1;
    }
    for (usize symbol = 0; symbol < lengths.size(); ++symbol) {
        unsigned const length = lengths[symbol];
        if (length == 0)
            continue;
        symbols_[next_slot[length]++] = static_cast<u16>(symbol);
        u32 const code = next_code[length]++;
        if (length > fast_bits)
            continue;
        // Codes arrive most significant bit first, the look-up takes them lowest bit first.
        u32 reversed = 0;
        for (unsigned bit = 0; bit < length; ++bit)
            reversed |= ((code >> bit) & 1) << (length - 1 - bit);
        for (u32 slot = reversed; slot < fast_.size(); slot += 1u << length)
            fast_[slot] = Symbol{static_cast<u16>(symbol), static_cast<u8>(length)};
    }
    return true;
}

Huffman::Symbol Huffman::decode_long(u64 bits) const {
    u32 code = 0;
    u32 first = 0; // the first code of this length
    u32 slot = 0;  // where its symbol stands
    for (unsigned length = 1; length <= longest_code; ++length) {
        code |= static_cast<u32>(bits & 1);
        bits >>= 1;
        u32 const count = count_[length];
        if (code - first < count)
            return Symbol{symbols_[slot + code - first], static_cast<u8>(length)};
        slot += count;
        first = (first + count) << 1;
        code <<= 1;
    }
    return Symbol{};
}

} // namespace gzip
