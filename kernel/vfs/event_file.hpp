// Files that count: eventfd(2) and timerfd_create(2).
#pragma once

#include "kernel/sync/wait_queue.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/vfs/file.hpp"

namespace vfs {

/// A counter that write(2) adds to and read(2) takes; as a semaphore it gives one at a time.
enum class Counting { all_at_once, one_by_one };
Result<Ref<File>> create_event_counter(u64 start, Counting how, OpenFlags flags);

/// A timer whose expiries read(2) counts.
class TimerFile final : public File {
public:
    enum class Clock { monotonic, wall };

    struct Setting {
        Nanoseconds interval{}; ///< 0: once
        Nanoseconds left{};     ///< 0: disarmed
    };

    TimerFile(Place place, OpenFlags flags, Clock clock);

    Clock clock() const { return clock_; }

    /// Returns what was set before. `wanted.left` counts from now.
    Setting set(Setting wanted);
    Setting setting();

    bool is_stream() const override { return true; }

    PollEvents poll(PollWaiter* waiter) override;

protected:
    /// The expiries since the last read, as a u64: EINVAL for less room, EAGAIN.
    Result<usize> read_bytes(mem::Sink& into, u64 offset) override;

private:
    struct State {
        Nanoseconds interval{};
        Nanoseconds due = Nanoseconds::never();
    };

    /// Takes what has expired from `state`.
    u64 take_expired(State& state);

    Clock const clock_;
    ksync::WaitQueue queue_;
    ksync::SleepLocked<ksync::Independent<State>, ksync::Rank::pipe> state_;
    task::Timer timer_; ///< wakes those who poll
};

Result<Ref<TimerFile>> create_timer_file(TimerFile::Clock clock, OpenFlags flags);
/// nullptr when `file` is none.
TimerFile* as_timer(File& file);

} // namespace vfs
