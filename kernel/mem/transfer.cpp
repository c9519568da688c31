// Moves bytes between the kernel and where a system call wants them, piece by piece.
#include "kernel/mem/transfer.hpp"

#include "kernel/arch/api/user_copy.hpp"
#include "libs/base/bug.hpp"

#include <algorithm>

namespace mem {

Transfer::Transfer(Slice<UserRange const> ranges) : rest_(ranges) {
    for (auto const& range : ranges)
        left_ += range.size; // readv refuses lists whose sum overflows
}

UserRange Transfer::piece() {
    while (one_.size == 0 && !rest_.empty()) {
        one_ = rest_[0];
        rest_ = rest_.from(1);
    }
    return one_;
}

void Transfer::advance(usize bytes) {
    ensure(bytes <= left_, "advancing beyond the end");
    left_ -= bytes;
    done_ += bytes;
    if (is_kernel()) {
        kernel_ += bytes;
        return;
    }
    ensure(bytes <= one_.size, "advancing beyond the piece");
    one_.start += bytes;
    one_.size -= bytes;
}

/// Runs copy(start, size, offset into the whole) for pieces of user memory until `count` bytes are
/// done or one falls short.
template <class Copy>
Result<usize> Transfer::by_pieces(usize count, Copy copy) {
    usize done = 0;
    while (done < count) {
        UserRange const next = piece();
        usize const wanted = std::min<u64>(next.size, count - done);
        usize const copied = copy(next.start, wanted, done);
        advance(copied);
        done += copied;
        if (copied < wanted)
            break;
    }
    if (done == 0 && count != 0)
        return fail(Errno::efault);
    return done;
}

Result<usize> Sink::write(ConstBytes bytes) {
    usize const count = std::min(bytes.size(), left());
    if (is_kernel()) {
        copy_bytes({kernel_, count}, bytes);
        advance(count);
        return count;
    }
    return by_pieces(count, [&](UserAddr at, usize wanted, usize done) {
        return arch::copy_to_user(at, bytes.subspan(done, wanted));
    });
}

Result<usize> Sink::write_zeros(usize count) {
    count = std::min(count, left());
    if (is_kernel()) {
        zero_bytes({kernel_, count});
        advance(count);
        return count;
    }
    return by_pieces(count,
                     [&](UserAddr at, usize wanted, usize) { return arch::zero_user(at, wanted); });
}

Result<usize> Source::read(Bytes bytes) {
    usize const count = std::min(bytes.size(), left());
    if (is_kernel()) {
        copy_bytes(bytes.first(count), {kernel_, count});
        advance(count);
        return count;
    }
    return by_pieces(count, [&](UserAddr at, usize wanted, usize done) {
        return arch::copy_from_user(bytes.subspan(done, wanted), at);
    });
}

} // namespace mem
