// Reads the arrays that describe user memory in pieces.
#include "kernel/syscall/user.hpp"

#include "kernel/arch/api/page_table.hpp"

#include <algorithm>

namespace sys {

namespace {

struct IoPiece {
    u64 start;
    u64 size;
};

/// Linux moves at most this much in one call (MAX_RW_COUNT).
constexpr u64 most_per_call = 0x7fff'f000;

} // namespace

Result<Vector<mem::UserRange>> IoVector::ranges() const {
    if (count_ > limit)
        return fail(Errno::einval);
    Vector<mem::UserRange> ranges;
    ranges.reserve(count_);
    u64 total = 0;
    for (usize i = 0; i < count_; ++i) {
        auto const piece = TRY(copy_in<IoPiece>(start_ + i * sizeof(IoPiece)));
        if (static_cast<i64>(piece.size) < 0)
            return fail(Errno::einval);
        if (piece.size != 0 && (piece.start >= arch::user_end.value() ||
                                arch::user_end.value() - piece.start < piece.size))
            return fail(Errno::efault);
        u64 const size = std::min(piece.size, most_per_call - total);
        total += size;
        ranges.push_back({UserAddr(piece.start), size});
    }
    return ranges;
}

} // namespace sys
