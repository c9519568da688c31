// DEFLATE (RFC 1951) decompression of input in memory into a sink, through a 32 KiB window.
#pragma once

#include "libs/base/memory.hpp"
#include "libs/base/result.hpp"
#include "libs/gzip/huffman.hpp"

#include <array>
#include <expected>

namespace gzip {

/// Takes decompressed bytes, in order, in pieces of at most 32 KiB.
class Sink {
public:
    virtual Result<void> write(ConstBytes bytes) = 0;

protected:
    ~Sink() = default;
};

/// Why data could not be unpacked, and at which byte of the compressed input.
struct Failure {
    char const* cause; ///< static text
    u64 offset;
    Errno code = Errno::einval; ///< of the sink when it was the sink that failed
};

/// 45 KiB: make it on the heap.
class Inflater {
public:
    /// Unpacks one DEFLATE stream; returns how many bytes of `input` it took.
    std::expected<usize, Failure> run(ConstBytes input, Sink& sink);

private:
    static constexpr usize window_size = 32_KiB;

    bool run_blocks();
    bool stored_block();
    bool fixed_block();
    bool dynamic_block();
    bool compressed_data();

    bool refuse(char const* cause);
    void refill();
    bool need(unsigned bits);
    u32 take(unsigned bits);

    bool put(std::byte byte);
    bool copy_back(usize distance, usize length);
    bool flush();

    // Input: bytes not yet in bits_, which holds the next bit_count_ bits of the stream.
    ConstBytes input_;
    usize next_ = 0;
    u64 bits_ = 0;
    unsigned bit_count_ = 0;

    Sink* sink_ = nullptr;
    usize filled_ = 0;     ///< bytes of the window not yet given to the sink start at 0
    bool wrapped_ = false; ///< the whole window holds output
    Failure failure_{nullptr, 0};

    Huffman literals_;
    Huffman distances_;
    std::array<std::byte, window_size> window_;
};

} // namespace gzip
