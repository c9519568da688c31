// Files that count: eventfd(2) and timerfd_create(2).
#include "kernel/vfs/event_file.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/vfs/anonymous.hpp"

#include <algorithm>

namespace vfs {

namespace {

/// What reading gives and writing takes.
constexpr usize counter_size = sizeof(u64);
constexpr u64 largest_count = UINT64_MAX - 1;

Result<usize> give(mem::Sink& into, u64 value) {
    if (TRY(into.write(object_bytes(value))) != counter_size)
        return fail(Errno::efault);
    return counter_size;
}

class CounterFile final : public File {
public:
    CounterFile(Place place, OpenFlags flags, u64 start, Counting how)
        : File(std::move(place), flags), how_(how), count_(Count{start}) {}

    bool is_stream() const override { return true; }

    PollEvents poll(PollWaiter* waiter) override {
        if (waiter != nullptr)
            waiter->watch(queue_);
        auto const count = count_.lock();
        PollEvents events;
        if (count->value != 0)
            events |= Poll::in | Poll::read_normal;
        if (count->value < largest_count)
            events |= Poll::out | Poll::write_normal;
        return events;
    }

protected:
    Result<usize> read_bytes(mem::Sink& into, u64) override {
        if (into.left() < counter_size)
            return fail(Errno::einval);
        u64 taken = 0;
        {
            auto count = count_.lock();
            if (count->value == 0 && nonblocking())
                return fail(Errno::eagain);
            TRY(queue_.wait(count, [&] { return count->value != 0; }));
            taken = how_ == Counting::one_by_one ? 1 : count->value;
            count->value -= taken;
        }
        queue_.wake_all();
        return give(into, taken);
    }

    Result<Written> write_bytes(mem::Source& from, u64) override {
        if (from.left() < counter_size)
            return fail(Errno::einval);
        u64 added = 0;
        if (TRY(from.read(writable_object_bytes(added))) != counter_size)
            return fail(Errno::efault);
        if (added > largest_count)
            return fail(Errno::einval);
        {
            auto count = count_.lock();
            auto const fits = [&] { return added <= largest_count - count->value; };
            if (!fits() && nonblocking())
                return fail(Errno::eagain);
            TRY(queue_.wait(count, fits));
            count->value += added;
        }
        queue_.wake_all();
        return Written{counter_size, 0};
    }

private:
    Counting const how_;
    ksync::WaitQueue queue_;

    struct Count {
        u64 value;

        bool recover() { return true; }
    };

    ksync::SleepLocked<Count, ksync::Rank::pipe> count_;
};

} // namespace

Result<Ref<File>> create_event_counter(u64 start, Counting how, OpenFlags flags) {
    auto place = TRY(create_anonymous(Kind::regular, 0600, "anon_inode:[eventfd]", Naming::plain));
    return Ref<File>(
        make_ref<CounterFile>(std::move(place), flags | uapi::Open::read_write, start, how));
}

TimerFile::TimerFile(Place place, OpenFlags flags, Clock clock)
    : File(std::move(place), flags),
      clock_(clock),
      timer_([](void* queue) { static_cast<ksync::WaitQueue*>(queue)->wake_all(); }, &queue_) {}

TimerFile::Setting TimerFile::setting() {
    auto const state = state_.lock();
    Nanoseconds const now = arch::now();
    if (state->due == Nanoseconds::never())
        return {state->interval, {}};
    Nanoseconds next = state->due;
    if (next <= now && state->interval > Nanoseconds()) {
        i64 const passed = (now - next).count() / state->interval.count();
        next += Nanoseconds((passed + 1) * state->interval.count());
    }
    return {state->interval, next > now ? next - now : Nanoseconds()};
}

TimerFile::Setting TimerFile::set(Setting wanted) {
    Setting const before = setting();
    {
        auto const state = state_.lock();
        timer_.cancel();
        state->interval = wanted.interval;
        state->due = Nanoseconds::never();
        if (wanted.left > Nanoseconds()) {
            state->due = arch::now() + wanted.left;
            timer_.arm(state->due);
        }
    }
    queue_.wake_all(); // readers sleep till the old time
    return before;
}

u64 TimerFile::take_expired(State& state) {
    Nanoseconds const now = arch::now();
    if (state.due > now)
        return 0;
    if (state.interval == Nanoseconds()) {
        state.due = Nanoseconds::never();
        return 1;
    }
    i64 const count = 1 + (now - state.due).count() / state.interval.count();
    state.due += Nanoseconds(count * state.interval.count());
    timer_.arm(state.due);
    return static_cast<u64>(count);
}

Result<usize> TimerFile::read_bytes(mem::Sink& into, u64) {
    if (into.left() < counter_size)
        return fail(Errno::einval);
    u64 expired = 0;
    {
        auto state = state_.lock();
        while ((expired = take_expired(*state)) == 0) {
            if (nonblocking())
                return fail(Errno::eagain);
            Nanoseconds const due = state->due;
            auto const waited = queue_.wait(
                state, [&] { return state->due != due; }, ksync::Wait::interruptible, due);
            if (!waited && waited.error() != Errno::etimedout)
                return std::unexpected(waited.error());
        }
    }
    return give(into, expired);
}

PollEvents TimerFile::poll(PollWaiter* waiter) {
    if (waiter != nullptr)
        waiter->watch(queue_);
    if (state_.lock()->due > arch::now())
        return {};
    return Poll::in | Poll::read_normal;
}

Result<Ref<TimerFile>> create_timer_file(TimerFile::Clock clock, OpenFlags flags) {
    auto place = TRY(create_anonymous(Kind::regular, 0600, "anon_inode:[timerfd]", Naming::plain));
    return make_ref<TimerFile>(std::move(place), flags | uapi::Open::read_write, clock);
}

TimerFile* as_timer(File& file) {
    return dynamic_cast<TimerFile*>(&file);
}

} // namespace vfs
