// A random number generator by fast key erasure: whoever learns its state learns nothing about
// what it gave before.
#pragma once

#include "libs/random/chacha20.hpp"

namespace prng {

/// Random bytes for one request. Independent of the generator it came from, so a long request
/// needs no lock on that.
class Stream {
public:
    explicit Stream(Key const& key) : key_(key) {}

    ~Stream() { wipe(key_); }

    Stream(Stream const&) = delete;
    Stream& operator=(Stream const&) = delete;

    void fill(Bytes bytes);

private:
    Key key_;
    u64 next_block_ = 0;
};

/// Not locked. Starts from a fixed key: it is worth what has been mixed in.
class Generator {
public:
    constexpr Generator() = default;

    /// Mixes `bytes` into the key. Never makes it worse, whatever they are.
    void mix(ConstBytes bytes);

    /// A key for one Stream; the generator's own is replaced in the same step.
    Key next_key();

    void fill(Bytes bytes) { Stream(next_key()).fill(bytes); }

private:
    Key key_{};
};

} // namespace prng
