// The ChaCha20 block function.
#include "libs/random/chacha20.hpp"

#include <bit>

namespace prng {
namespace {

static_assert(std::endian::native == std::endian::little);

using State = std::array<u32, 16>;

/// With constant indices and compiled into the block function, so that the state can stay in
/// registers.
template <usize a, usize b, usize c, usize d>
[[gnu::always_inline]] inline void quarter_round(State& s) { // RFC 8439, 2.1
    s[a] += s[b];
    s[d] = std::rotl(s[d] ^ s[a], 16);
    s[c] += s[d];
    s[b] = std::rotl(s[b] ^ s[c], 12);
    s[a] += s[b];
    s[d] = std::rotl(s[d] ^ s[a], 8);
    s[c] += s[d];
    s[b] = std::rotl(s[b] ^ s[c], 7);
}

} // namespace

Block chacha20_block(Key const& key, u32 counter, Nonce const& nonce) {
    State start{0x6170'7865, 0x3320'646e, 0x7962'2d32, 0x6b20'6574}; // "expand 32-byte k"
    Bytes const words = std::as_writable_bytes(std::span(start));
    copy_bytes(words.subspan(16), key);
    start[12] = counter;
    copy_bytes(words.subspan(52), nonce);

    State state = start;
    for (int round = 0; round < 10; ++round) {
        quarter_round<0, 4, 8, 12>(state);
        quarter_round<1, 5, 9, 13>(state);
        quarter_round<2, 6, 10, 14>(state);
        quarter_round<3, 7, 11, 15>(state);
        quarter_round<0, 5, 10, 15>(state);
        quarter_round<1, 6, 11, 12>(state);
        quarter_round<2, 7, 8, 13>(state);
        quarter_round<3, 4, 9, 14>(state);
    }
    for (usize i = 0; i < state.size(); ++i)
        state[i] += start[i];
    Block block;
    copy_bytes(block, std::as_bytes(std::span(state)));
    wipe(words);
    wipe(std::as_writable_bytes(std::span(state)));
    return block;
}

void wipe(Bytes secret) noexcept {
    std::byte zero{0};
    for (std::byte& byte : secret) // atomic stores are not optimised away
        __atomic_store(&byte, &zero, __ATOMIC_RELAXED);
}

} // namespace prng
