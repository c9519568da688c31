// Wait queues: threads that sleep until a condition holds, and callbacks that run when it may.
#pragma once

#include "kernel/sync/blocking.hpp"
#include "kernel/sync/locked.hpp"
#include "kernel/sync/whole_list.hpp"
#include "libs/base/result.hpp"

#include <optional>

namespace ksync {

class WaitQueue;

/// An entry in a queue: what happens when the queue is woken. Poll, epoll and sleeping threads are
/// all entries. Unlinks itself when destroyed.
class WaitEntry {
public:
    /// Runs under the queue's lock, possibly in an interrupt: must not sleep or take outer locks.
    using Callback = void (*)(WaitEntry& entry);

    WaitEntry(Callback callback, void* context) : callback_(callback), context_(context) {}

    WaitEntry(WaitEntry const&) = delete;
    WaitEntry& operator=(WaitEntry const&) = delete;
    ~WaitEntry();

    void* context() const { return context_; }

private:
    friend WaitQueue;

    /// For a thread: woken rather than called.
    explicit WaitEntry(Sleeper& sleeper) : callback_(nullptr), context_(&sleeper) {}

    Callback callback_;
    void* context_;
    WaitQueue* queue_ = nullptr;
    WholeLinks<WaitEntry> links_;
};

class WaitQueue {
public:
    constexpr WaitQueue() = default;
    WaitQueue(WaitQueue const&) = delete;
    WaitQueue& operator=(WaitQueue const&) = delete;
    ~WaitQueue();

    void add(WaitEntry& entry);
    void remove(WaitEntry& entry) noexcept;
    /// Runs every entry's callback.
    void wake_all() noexcept;
    /// Wakes the thread that has waited longest, and runs the callbacks of entries before it that
    /// are no threads. A thread that was woken already and has not run yet does not count.
    void wake_one() noexcept;
    bool empty() const;

    /// Sleeps until ready() holds. ERESTARTSYS when a signal ended the wait, ETIMEDOUT at the
    /// deadline.
    template <class Ready>
    Result<void> wait(Ready ready, Wait how = Wait::interruptible,
                      Nanoseconds deadline = Nanoseconds::never()) {
        ThreadEntry self(*this);
        for (;;) {
            prepare_to_block(how);
            if (ready()) {
                cancel_block();
                return {};
            }
            if (auto const stop = why_stop(how, deadline))
                return fail(*stop);
            block(deadline);
        }
    }

    /// As wait(), with `guard` released while asleep; ready() runs with it held, and must not
    /// sleep. Who makes it true need not hold `guard`, so it is asked again once a wake() counts.
    template <class Guard, class Ready>
    Result<void> wait(Guard& guard, Ready ready, Wait how = Wait::interruptible,
                      Nanoseconds deadline = Nanoseconds::never()) {
        if (ready())
            return {};
        ThreadEntry self(*this);
        for (;;) {
            prepare_to_block(how);
            if (ready()) {
                cancel_block();
                return {};
            }
            if (auto const stop = why_stop(how, deadline))
                return fail(*stop);
            guard.unlock();
            block(deadline);
            guard.relock();
        }
    }

private:
    /// Adds an entry that wakes the running thread.
    class ThreadEntry {
    public:
        explicit ThreadEntry(WaitQueue& queue);

        ThreadEntry(ThreadEntry const&) = delete;
        ThreadEntry& operator=(ThreadEntry const&) = delete;

        /// An exception may leave the wait while the thread still counts as blocked.
        ~ThreadEntry() { cancel_block(); }

    private:
        WaitEntry entry_;
    };

    static bool run(WaitEntry& entry) noexcept;
    template <class Step>
    void retry_on_list(Step const& step);

    /// The reason not to sleep (again), having cancelled the block; nothing to go on sleeping.
    static std::optional<Errno> why_stop(Wait how, Nanoseconds deadline);

    struct ByLinks {
        static WholeLinks<WaitEntry>& links(WaitEntry& entry) { return entry.links_; }
    };

    using List = WholeList<WaitEntry, ByLinks>;
    IrqLocked<List, Rank::wait_queue> list_;
    mutable Atomic<u32> count_{0};
};

} // namespace ksync
