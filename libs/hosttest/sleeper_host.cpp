// Host tests of rooms below the scheduler: each host thread can block and be woken.
#include "kernel/sync/blocking.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace {

struct HostSleeper final : ksync::Sleeper {
    std::mutex lock;
    std::condition_variable changed;
    bool blocked = false;
};

HostSleeper& self() {
    static thread_local HostSleeper sleeper;
    return sleeper;
}

} // namespace

namespace ksync {

Sleeper& current_sleeper() {
    return self();
}

void prepare_to_block(Wait) {
    std::scoped_lock const guard(self().lock);
    self().blocked = true;
}

void cancel_block() {
    std::scoped_lock const guard(self().lock);
    self().blocked = false;
}

void block(Nanoseconds deadline) {
    check_may_sleep();
    HostSleeper& mine = self();
    std::unique_lock guard(mine.lock);
    auto const woken = [&] { return !mine.blocked; };
    if (deadline == Nanoseconds::never())
        mine.changed.wait(guard, woken);
    else
        mine.changed.wait_until(
            guard,
            std::chrono::steady_clock::time_point(std::chrono::nanoseconds(deadline.count())),
            woken);
    mine.blocked = false;
}

bool wake(Sleeper& sleeper) {
    auto& other = static_cast<HostSleeper&>(sleeper);
    std::scoped_lock const guard(other.lock);
    bool const was_blocked = other.blocked;
    other.blocked = false;
    other.changed.notify_all();
    return was_blocked;
}

bool wait_interrupted(Wait) {
    return false;
}

} // namespace ksync
