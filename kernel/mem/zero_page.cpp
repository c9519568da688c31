// The one page of zeros that stands for anonymous memory which was only read so far.
#include "kernel/mem/zero_page.hpp"

#include "libs/base/bug.hpp"

namespace mem {
namespace {

constinit PhysAddr zeros; ///< its first share is never given back

} // namespace

void make_zero_page() {
    auto frame = Frame::allocate(Fill::zeroed, Use::other);
    ensure(frame.has_value(), "no memory for the page of zeros");
    zeros = std::move(*frame).leak();
}

Frame zero_page() {
    return Frame::share(zeros);
}

bool is_zero_page(PhysAddr frame) {
    return frame == zeros;
}

} // namespace mem
