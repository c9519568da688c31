// Key erasure and entropy mixing.
#include "libs/random/generator.hpp"

#include "libs/random/blake2s.hpp"

namespace prng {

void Stream::fill(Bytes bytes) {
    while (!bytes.empty()) {
        // The counter is 32 bits and the nonce unused: together they number the blocks.
        Nonce nonce{};
        u32 const high = static_cast<u32>(next_block_ >> 32);
        copy_bytes(nonce, object_bytes(high));
        Block block = chacha20_block(key_, static_cast<u32>(next_block_), nonce);
        ++next_block_;
        bytes = bytes.subspan(copy_bytes(bytes, block));
        wipe(block);
    }
}

void Generator::mix(ConstBytes bytes) {
    Blake2s hash;
    hash.update(key_);
    hash.update(bytes);
    key_ = hash.finish();
}

Key Generator::next_key() {
    Block block = chacha20_block(key_, 0, Nonce{});
    Key result;
    copy_bytes(key_, ConstBytes(block).first(32));
    copy_bytes(result, ConstBytes(block).subspan(32));
    wipe(block);
    return result;
}

} // namespace prng
