// futex(2): one number, many operations.
#include "kernel/syscall/futex.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/process/futex.hpp"
#include "kernel/syscall/time.hpp"
#include "kernel/vfs/types.hpp"

namespace sys {

namespace {

/// FUTEX_WAIT's timeout is a duration; FUTEX_WAIT_BITSET's a point in time on either clock.
Result<Nanoseconds> deadline_of(UserAddr timeout, int command, int operation) {
    if (timeout == UserAddr())
        return Nanoseconds::never();
    auto const given = TRY(copy_in<uapi::timespec>(timeout));
    auto const time = TRY(duration_of(given));
    if (command == uapi::futex_wait)
        return arch::now() + time;
    if ((operation & uapi::futex_clock_realtime) != 0)
        return arch::now() + (time - vfs::wall_now());
    return time;
}

} // namespace

Result<i64> futex(process::Thread& caller, UserAddr word, int operation, u32 value, u64 fourth,
                  UserAddr second, u32 third_value) {
    auto const scope = (operation & uapi::futex_private) != 0 ? process::FutexScope::private_memory
                                                              : process::FutexScope::shared;
    int const command = operation & ~(uapi::futex_private | uapi::futex_clock_realtime);
    if ((operation & uapi::futex_clock_realtime) != 0 && command != uapi::futex_wait_bitset)
        return fail(Errno::enosys);
    switch (command) {
    case uapi::futex_wait:
    case uapi::futex_wait_bitset: {
        u32 const mask = command == uapi::futex_wait ? uapi::futex_any : third_value;
        auto const deadline = TRY(deadline_of(UserAddr(fourth), command, operation));
        TRY(process::wait_on_futex(caller, word, scope, value, mask, deadline));
        return 0;
    }
    case uapi::futex_wake:
        return process::wake_futexes(caller, word, scope, value, uapi::futex_any);
    case uapi::futex_wake_bitset:
        return process::wake_futexes(caller, word, scope, value, third_value);
    case uapi::futex_requeue:
    case uapi::futex_cmp_requeue: {
        auto const moved = static_cast<i32>(fourth);
        if (moved < 0 || static_cast<i32>(value) < 0)
            return fail(Errno::einval);
        std::optional<u32> expected;
        if (command == uapi::futex_cmp_requeue)
            expected = third_value;
        return process::requeue_futexes(caller, word, second, scope, value, static_cast<u32>(moved),
                                        expected);
    }
    case uapi::futex_wake_op:
        return process::wake_futexes_after(caller, word, second, scope, value,
                                           static_cast<u32>(fourth), third_value);
    default:
        return fail(Errno::enosys); // priority inheritance is not there
    }
}

} // namespace sys
