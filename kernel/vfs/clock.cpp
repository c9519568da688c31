// The wall clock: the platform's at boot, plus what settimeofday(2) added since.
#include "kernel/arch/api/timer.hpp"
#include "kernel/vfs/types.hpp"
#include "libs/base/atomic.hpp"

namespace vfs {

namespace {

constinit Atomic<i64> adjustment{0};

} // namespace

Nanoseconds wall_now() {
    return arch::boot_wall_time() + arch::now() + Nanoseconds(adjustment.load());
}

void set_wall_time(Nanoseconds since_1970) {
    adjustment.store((since_1970 - arch::boot_wall_time() - arch::now()).count());
}

} // namespace vfs
