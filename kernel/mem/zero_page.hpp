// The one page of zeros that stands for anonymous memory which was only read so far.
#pragma once

#include "kernel/mem/frames.hpp"

namespace mem {

/// Called once, when frames can be allocated; again after testing::reset_memory().
void make_zero_page();

/// A share of it. It is never written: an entry for it allows no write access, and as it always has
/// more than one share, no writer takes it for its own.
Frame zero_page();

/// Does not count as memory of a program, as on Linux.
bool is_zero_page(PhysAddr frame);

} // namespace mem
