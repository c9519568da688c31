// The BLAKE2s compression function and its padding.
#include "libs/random/blake2s.hpp"

#include "libs/random/chacha20.hpp"

#include <algorithm>
#include <bit>

namespace prng {
namespace {

constexpr std::array<u32, 8> initial = {0x6a09'e667, 0xbb67'ae85, 0x3c6e'f372, 0xa54f'f53a,
                                        0x510e'527f, 0x9b05'688c, 0x1f83'd9ab, 0x5be0'cd19};

// RFC 7693, 2.7.
constexpr u8 schedule[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

void mix(std::array<u32, 16>& v, usize a, usize b, usize c, usize d, u32 x, u32 y) {
    v[a] += v[b] + x;
    v[d] = std::rotr(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 12);
    v[a] += v[b] + y;
    v[d] = std::rotr(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 7);
}

} // namespace

Blake2s::Blake2s() : state_(initial) {
    state_[0] ^= 0x0101'0000 ^ 32; // no key, 32 bytes of digest
}

Blake2s::~Blake2s() {
    wipe(std::as_writable_bytes(std::span(state_)));
    wipe(block_);
}

void Blake2s::update(ConstBytes bytes) {
    while (!bytes.empty()) {
        if (filled_ == block_size) // only now is it known not to be the last block
            compress(false);
        usize const count = copy_bytes(Bytes(block_).subspan(filled_), bytes);
        filled_ += count;
        bytes = bytes.subspan(count);
    }
}

Blake2s::Digest Blake2s::finish() {
    std::fill(block_.begin() + static_cast<isize>(filled_), block_.end(), std::byte{0});
    compress(true);
    Digest digest;
    copy_bytes(digest, std::as_bytes(std::span(state_)));
    return digest;
}

void Blake2s::compress(bool last) {
    taken_ += filled_;
    filled_ = 0;
    std::array<u32, 16> words;
    copy_bytes(std::as_writable_bytes(std::span(words)), block_);
    std::array<u32, 16> v;
    for (usize i = 0; i < 8; ++i) {
        v[i] = state_[i];
        v[i + 8] = initial[i];
    }
    v[12] ^= static_cast<u32>(taken_);
    v[13] ^= static_cast<u32>(taken_ >> 32);
    if (last)
        v[14] = ~v[14];
    for (auto const& s : schedule) {
        mix(v, 0, 4, 8, 12, words[s[0]], words[s[1]]);
        mix(v, 1, 5, 9, 13, words[s[2]], words[s[3]]);
        mix(v, 2, 6, 10, 14, words[s[4]], words[s[5]]);
        mix(v, 3, 7, 11, 15, words[s[6]], words[s[7]]);
        mix(v, 0, 5, 10, 15, words[s[8]], words[s[9]]);
        mix(v, 1, 6, 11, 12, words[s[10]], words[s[11]]);
        mix(v, 2, 7, 8, 13, words[s[12]], words[s[13]]);
        mix(v, 3, 4, 9, 14, words[s[14]], words[s[15]]);
    }
    for (usize i = 0; i < 8; ++i)
        state_[i] ^= v[i] ^ v[i + 8];
}

} // namespace prng
