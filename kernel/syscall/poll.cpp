// Waiting for many descriptors: poll and select.
#include "kernel/syscall/poll.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/process/signals.hpp"
#include "kernel/vfs/poll.hpp"

#include <optional>

namespace sys {

namespace {

using uapi::Poll;
using vfs::PollEvents;

/// One descriptor that is waited for. The file is held meanwhile.
struct Watched {
    i32 fd = -1;
    PollEvents wanted;
    PollEvents found;
    Ref<vfs::File> file;
};

/// Asks every file once, with `waiter` until one is ready. Returns how many are.
i32 ask_all(Vector<Watched>& all, vfs::PollWaiter* waiter) {
    i32 ready = 0;
    for (Watched& one : all) {
        if (one.fd < 0)
            continue;
        if (!one.file) {
            one.found = Poll::invalid;
        } else {
            PollEvents const always = PollEvents(Poll::error) | Poll::hang_up | Poll::invalid;
            one.found = one.file->poll(ready == 0 ? waiter : nullptr) & (one.wanted | always);
        }
        ready += !one.found.none();
    }
    return ready;
}

/// Sleeps until one is ready or `deadline` passed: then 0. EINTR as ERESTARTNOHAND.
Result<i32> wait_for_any(Vector<Watched>& all, Nanoseconds deadline) {
    if (deadline <= arch::now())
        return ask_all(all, nullptr);
    vfs::PollWaiter waiter;
    i32 ready = ask_all(all, &waiter);
    while (ready == 0) {
        auto const waited = waiter.wait(deadline);
        ready = ask_all(all, nullptr);
        if (waited || ready != 0)
            continue;
        if (waited.error() == Errno::etimedout)
            return 0;
        return fail(Errno::erestartnohand);
    }
    return ready;
}

/// When a relative time is over; empty: never. EINVAL.
Result<Nanoseconds> deadline_of(std::optional<uapi::timespec> const& timeout) {
    if (!timeout)
        return Nanoseconds::never();
    if (timeout->seconds < 0 || timeout->nanoseconds < 0 || timeout->nanoseconds >= 1'000'000'000)
        return fail(Errno::einval);
    if (timeout->seconds > 1'000'000'000)
        return Nanoseconds::never();
    return arch::now() + Nanoseconds::seconds(timeout->seconds) + Nanoseconds(timeout->nanoseconds);
}

uapi::timespec time_left(Nanoseconds deadline) {
    i64 const left = std::max<i64>(0, (deadline - arch::now()).count());
    return {left / 1'000'000'000, left % 1'000'000'000};
}

/// A signal mask that holds while the call sleeps.
class TemporaryMask {
public:
    explicit TemporaryMask(process::Thread& self) : self_(self) {}

    Result<void> set(UserAddr mask, usize size) {
        if (mask == UserAddr())
            return {};
        if (size != sizeof(u64))
            return fail(Errno::einval);
        auto const bits = TRY(copy_in<u64>(mask));
        process::set_temporary_mask(self_, process::SignalSet(bits));
        active_ = true;
        return {};
    }

    void end(Result<i32> const& result) {
        if (active_)
            process::end_temporary_mask(self_, !result);
        active_ = false;
    }

    ~TemporaryMask() {
        if (active_)
            process::end_temporary_mask(self_, false);
    }

private:
    process::Thread& self_;
    bool active_ = false;
};

Result<i32> poll_until(process::Thread& caller, UserArray<uapi::pollfd> files,
                       Nanoseconds deadline) {
    if (files.size() > caller.process().soft_limit(uapi::Limit::open_files))
        return fail(Errno::einval);
    Vector<Watched> all;
    all.reserve(files.size());
    for (usize i = 0; i < files.size(); ++i) {
        auto const entry = TRY(files.read(i));
        Watched one;
        one.fd = entry.fd;
        one.wanted = PollEvents::from_bits(static_cast<u16>(entry.events));
        if (entry.fd >= 0)
            if (auto file = caller.files().find_any(static_cast<Fd>(entry.fd)))
                one.file = std::move(*file);
        all.push_back(std::move(one));
    }
    i32 const ready = TRY(wait_for_any(all, deadline));
    for (usize i = 0; i < all.size(); ++i) {
        u64 const offset = i * sizeof(uapi::pollfd) + offsetof(uapi::pollfd, results);
        TRY(copy_out(files.address() + offset, static_cast<i16>(all[i].found.bits())));
    }
    return ready;
}

} // namespace

Result<i32> poll(process::Thread& caller, UserArray<uapi::pollfd> files, i32 milliseconds) {
    Nanoseconds const deadline = milliseconds < 0
                                     ? Nanoseconds::never()
                                     : arch::now() + Nanoseconds::milliseconds(milliseconds);
    return poll_until(caller, files, milliseconds == 0 ? Nanoseconds() : deadline);
}

Result<i32> ppoll(process::Thread& caller, UserArray<uapi::pollfd> files,
                  Out<uapi::timespec> timeout, UserAddr mask, usize mask_size) {
    std::optional<uapi::timespec> wanted;
    if (timeout)
        wanted = TRY(timeout.read());
    Nanoseconds const deadline = TRY(deadline_of(wanted));
    TemporaryMask temporary(caller);
    TRY(temporary.set(mask, mask_size));
    auto const result = poll_until(caller, files, deadline);
    temporary.end(result);
    if (timeout && deadline != Nanoseconds::never())
        static_cast<void>(timeout.write(time_left(deadline))); // as Linux: best effort
    return result;
}

namespace {

/// The three bit sets of select(2), as 64-bit words.
struct Sets {
    Vector<u64> read, write, except;
};

Result<Vector<u64>> load_set(UserAddr at, usize words) {
    Vector<u64> set(words);
    if (at != UserAddr() &&
        arch::copy_from_user(std::as_writable_bytes(std::span(set.data(), words)), at) !=
            words * sizeof(u64))
        return fail(Errno::efault);
    return set;
}

Result<void> store_set(UserAddr at, Vector<u64> const& set) {
    if (at != UserAddr() &&
        arch::copy_to_user(at, std::as_bytes(std::span(set.data(), set.size()))) !=
            set.size() * sizeof(u64))
        return fail(Errno::efault);
    return {};
}

bool has_bit(Vector<u64> const& set, i32 bit) {
    return ((set[static_cast<usize>(bit) / 64] >> (bit % 64)) & 1) != 0;
}

void set_bit(Vector<u64>& set, i32 bit) {
    set[static_cast<usize>(bit) / 64] |= u64{1} << (bit % 64);
}

constexpr PollEvents input =
    PollEvents(Poll::in) | Poll::read_normal | Poll::read_band | Poll::hang_up | Poll::error;
constexpr PollEvents output =
    PollEvents(Poll::out) | Poll::write_normal | Poll::write_band | Poll::error;
constexpr PollEvents exception = PollEvents(Poll::priority);

Result<Vector<Watched>> watched_of(process::Thread& caller, i32 count, Sets const& wanted) {
    Vector<Watched> all;
    for (i32 fd = 0; fd < count; ++fd) {
        Watched one;
        if (has_bit(wanted.read, fd))
            one.wanted |= input;
        if (has_bit(wanted.write, fd))
            one.wanted |= output;
        if (has_bit(wanted.except, fd))
            one.wanted |= exception;
        if (one.wanted.none())
            continue;
        one.fd = fd;
        one.file = TRY(caller.file(static_cast<Fd>(fd)));
        all.push_back(std::move(one));
    }
    return all;
}

Result<i32> select_until(process::Thread& caller, i32 count, UserAddr read, UserAddr write,
                         UserAddr except, Nanoseconds deadline) {
    if (count < 0)
        return fail(Errno::einval);
    // What no descriptor can have is not looked at, nor are its bits.
    usize const table = align_up(std::max<usize>(caller.files().slots(), 64), 64);
    count = static_cast<i32>(std::min<usize>(static_cast<usize>(count), table));
    usize const words = (static_cast<usize>(count) + 63) / 64;
    Sets wanted;
    wanted.read = TRY(load_set(read, words));
    wanted.write = TRY(load_set(write, words));
    wanted.except = TRY(load_set(except, words));
    Vector<Watched> all = TRY(watched_of(caller, count, wanted));
    TRY(wait_for_any(all, deadline));
    Sets found;
    found.read = Vector<u64>(words);
    found.write = Vector<u64>(words);
    found.except = Vector<u64>(words);
    i32 ready = 0;
    auto const note = [&](Vector<u64> const& asked, Vector<u64>& answer, Watched const& one,
                          PollEvents events) {
        if (has_bit(asked, one.fd) && one.found.any(events)) {
            set_bit(answer, one.fd);
            ++ready;
        }
    };
    for (Watched const& one : all) {
        note(wanted.read, found.read, one, input);
        note(wanted.write, found.write, one, output);
        note(wanted.except, found.except, one, exception);
    }
    TRY(store_set(read, found.read));
    TRY(store_set(write, found.write));
    TRY(store_set(except, found.except));
    return ready;
}

} // namespace

Result<i32> select(process::Thread& caller, i32 count, UserAddr read, UserAddr write,
                   UserAddr except, Out<uapi::timeval> timeout) {
    std::optional<uapi::timespec> wanted;
    if (timeout) {
        auto const time = TRY(timeout.read());
        if (time.seconds < 0 || time.microseconds < 0)
            return fail(Errno::einval);
        wanted = uapi::timespec{time.seconds + time.microseconds / 1'000'000,
                                time.microseconds % 1'000'000 * 1000};
    }
    Nanoseconds const deadline = TRY(deadline_of(wanted));
    auto const result = select_until(caller, count, read, write, except, deadline);
    if (timeout && deadline != Nanoseconds::never()) {
        auto const left = time_left(deadline);
        static_cast<void>(timeout.write({left.seconds, left.nanoseconds / 1000}));
    }
    return result;
}

Result<i32> pselect6(process::Thread& caller, i32 count, UserAddr read, UserAddr write,
                     UserAddr except, Out<uapi::timespec> timeout, UserAddr mask) {
    /// The sixth argument: a pointer to the mask's pointer and size.
    struct MaskArgument {
        u64 address;
        u64 size;
    };

    std::optional<uapi::timespec> wanted;
    if (timeout)
        wanted = TRY(timeout.read());
    Nanoseconds const deadline = TRY(deadline_of(wanted));
    TemporaryMask temporary(caller);
    if (mask != UserAddr()) {
        auto const argument = TRY(copy_in<MaskArgument>(mask));
        TRY(temporary.set(UserAddr(argument.address), argument.size));
    }
    auto const result = select_until(caller, count, read, write, except, deadline);
    temporary.end(result);
    if (timeout && deadline != Nanoseconds::never())
        static_cast<void>(timeout.write(time_left(deadline)));
    return result;
}

} // namespace sys
