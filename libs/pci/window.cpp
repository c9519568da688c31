// First fit between the taken ranges.
#include "libs/pci/window.hpp"

namespace pci {

void Window::take(u64 start, u64 size) {
    u64 const end = size > ~u64{0} - start ? ~u64{0} : start + size;
    if (size == 0 || end <= start_ || start >= end_)
        return;
    usize place = 0;
    while (place < taken_.size() && taken_[place].start < start)
        ++place;
    taken_.insert(place, Range{start, end});
}

std::optional<u64> Window::allocate(u64 size) {
    ensure(size != 0 && (size & (size - 1)) == 0, "a BAR's size is a power of two");
    u64 at = start_;
    for (usize i = 0;; ++i) {
        u64 const aligned = align_up(at, size);
        if (aligned < at || aligned > end_ || size > end_ - aligned)
            return std::nullopt;
        if (i == taken_.size() || taken_[i].start >= aligned + size) {
            take(aligned, size);
            return aligned;
        }
        at = taken_[i].end > at ? taken_[i].end : at;
    }
}

} // namespace pci
