// Readiness: what a file reports, and who wants to hear when it may change.
#pragma once

#include "abi/poll.hpp"
#include "kernel/sync/wait_queue.hpp"
#include "libs/base/box.hpp"
#include "libs/base/flags.hpp"
#include "libs/base/vector.hpp"

namespace vfs {

using uapi::Poll;
using PollEvents = Flags<Poll>;

constexpr PollEvents operator|(Poll a, Poll b) {
    return PollEvents(a) | b;
}

/// Ready at once, always: regular files and directories.
inline constexpr PollEvents always_ready =
    Poll::in | Poll::out | Poll::read_normal | Poll::write_normal;

/// Watches any number of queues for the running thread and sleeps until one is woken. Passed to
/// File::poll(): the file calls watch() for each queue that it wakes when its readiness may change.
/// Queues must live as long as the file.
class PollWaiter {
public:
    PollWaiter();
    PollWaiter(PollWaiter const&) = delete;
    PollWaiter& operator=(PollWaiter const&) = delete;
    ~PollWaiter();

    void watch(ksync::WaitQueue& queue);

    /// Sleeps until a watched queue was woken since the last wait() (or since watch()).
    /// ERESTARTSYS, ETIMEDOUT.
    Result<void> wait(Nanoseconds deadline = Nanoseconds::never());

private:
    static void woken(ksync::WaitEntry& entry);

    ksync::WaitQueue queue_;
    ksync::Sleeper* sleeper_ = &ksync::current_sleeper();
    Atomic<bool> woken_{false};
    Vector<Box<ksync::WaitEntry>> entries_;
};

} // namespace vfs
