// ChaCha20 (RFC 8439, 2.3): 64 unpredictable bytes from a key, a counter and a nonce.
#pragma once

#include "libs/base/memory.hpp"

#include <array>

namespace prng {

using Key = std::array<std::byte, 32>;
using Nonce = std::array<std::byte, 12>;
using Block = std::array<std::byte, 64>;

Block chacha20_block(Key const& key, u32 counter, Nonce const& nonce);

/// Overwrites a secret in a way the compiler keeps.
void wipe(Bytes secret) noexcept;

} // namespace prng
