// First fit over a sorted array of ranges.
#include "kernel/mem/range_set.hpp"

#include "libs/base/bug.hpp"

#include <algorithm>

namespace mem {

void RangeSet::erase(usize index) {
    std::copy(free_.begin() + index + 1, free_.begin() + count_, free_.begin() + index);
    --count_;
}

std::optional<u64> RangeSet::take(u64 size) {
    for (usize i = 0; i < count_; ++i) {
        Range& range = free_[i];
        if (range.size < size)
            continue;
        u64 const start = range.start;
        range.start += size;
        range.size -= size;
        if (range.size == 0)
            erase(i);
        return start;
    }
    return std::nullopt;
}

void RangeSet::give(u64 start, u64 size) {
    usize at = 0;
    while (at < count_ && free_[at].start < start)
        ++at;
    ensure(at == count_ || start + size <= free_[at].start, "range is free already");
    ensure(at == 0 || free_[at - 1].start + free_[at - 1].size <= start, "range is free already");
    bool const joins_next = at < count_ && start + size == free_[at].start;
    bool const joins_before = at > 0 && free_[at - 1].start + free_[at - 1].size == start;
    if (joins_before) {
        free_[at - 1].size += size;
        if (joins_next) {
            free_[at - 1].size += free_[at].size;
            erase(at);
        }
    } else if (joins_next) {
        free_[at] = {.start = start, .size = free_[at].size + size};
    } else if (count_ < capacity) {
        std::copy_backward(free_.begin() + at, free_.begin() + count_, free_.begin() + count_ + 1);
        free_[at] = {.start = start, .size = size};
        ++count_;
    }
}

} // namespace mem
