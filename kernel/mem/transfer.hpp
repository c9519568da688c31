// Sink and Source: where bytes go to and come from, be it user memory, several pieces, or the
// kernel.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/result.hpp"
#include "libs/base/slice.hpp"

namespace mem {

/// One piece of user memory, as in struct iovec.
struct UserRange {
    UserAddr start;
    u64 size;
};

/// A cursor over memory of either kind. Borrows the list of ranges or the span.
class Transfer {
public:
    explicit Transfer(UserRange range) : one_(range), left_(range.size) {}

    explicit Transfer(Slice<UserRange const> ranges);

    usize left() const { return left_; }

    usize done() const { return done_; }

protected:
    explicit Transfer(std::byte* kernel, usize size) : kernel_(kernel), left_(size) {}

    /// The next piece of user memory that is not empty, at most left() bytes.
    UserRange piece();
    void advance(usize bytes);
    template <class Copy>
    Result<usize> by_pieces(usize count, Copy copy);

    bool is_kernel() const { return kernel_ != nullptr; }

    std::byte* kernel_ = nullptr;

private:
    UserRange one_{};
    Slice<UserRange const> rest_;
    usize left_ = 0;
    usize done_ = 0;
};

/// Memory that a read fills.
class Sink : public Transfer {
public:
    using Transfer::Transfer;

    static Sink kernel(Bytes bytes) { return Sink(bytes.data(), bytes.size()); }

    /// Copies as much of `bytes` as fits. A fault after the first byte is a short count; EFAULT if
    /// nothing could be copied.
    Result<usize> write(ConstBytes bytes);
    Result<usize> write_zeros(usize count);

private:
    Sink(std::byte* kernel, usize size) : Transfer(kernel, size) {}
};

/// Memory that a write reads.
class Source : public Transfer {
public:
    using Transfer::Transfer;

    static Source kernel(ConstBytes bytes) {
        // Safe because a Source only reads through it.
        return Source(const_cast<std::byte*>(bytes.data()), bytes.size());
    }

    /// Fills as much of `bytes` as there is. Fault rules as Sink::write().
    Result<usize> read(Bytes bytes);

private:
    Source(std::byte* kernel, usize size) : Transfer(kernel, size) {}
};

} // namespace mem
