// Host tests that are linked without kernel/task: a thread that blocks is a Linux thread that
// waits.
#include "kernel/sync/blocking.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace ksync {
namespace {

class HostSleeper final : public Sleeper {
public:
    void prepare() {
        std::scoped_lock const hold(lock_);
        woken_ = false;
    }

    bool wake() {
        std::scoped_lock const hold(lock_);
        changed_.notify_all();
        return !std::exchange(woken_, true);
    }

    void block(Nanoseconds deadline) {
        std::unique_lock hold(lock_);
        if (deadline == Nanoseconds::never()) {
            changed_.wait(hold, [&] { return woken_; });
            return;
        }
        std::chrono::steady_clock::time_point const until{
            std::chrono::nanoseconds(deadline.count())};
        changed_.wait_until(hold, until, [&] { return woken_; });
    }

private:
    std::mutex lock_;
    std::condition_variable changed_;
    bool woken_ = true;
};

thread_local HostSleeper self;

} // namespace

Sleeper& current_sleeper() {
    return self;
}

void prepare_to_block(Wait) {
    self.prepare();
}

void cancel_block() {
    (void)self.wake();
}

void block(Nanoseconds deadline) {
    self.block(deadline);
}

bool wake(Sleeper& sleeper) {
    return static_cast<HostSleeper&>(sleeper).wake();
}

bool wait_interrupted(Wait) {
    return false;
}

} // namespace ksync
