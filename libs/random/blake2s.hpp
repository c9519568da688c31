// BLAKE2s (RFC 7693): a hash of 32 bytes, for mixing entropy of any shape into a key.
#pragma once

#include "libs/base/memory.hpp"

#include <array>

namespace prng {

class Blake2s {
public:
    using Digest = std::array<std::byte, 32>;

    Blake2s();
    ~Blake2s();

    void update(ConstBytes bytes);
    /// Once, after the last update().
    Digest finish();

private:
    static constexpr usize block_size = 64;

    void compress(bool last);

    std::array<u32, 8> state_;
    std::array<std::byte, block_size> block_;
    usize filled_ = 0;
    u64 taken_ = 0; ///< bytes compressed or about to be
};

} // namespace prng
