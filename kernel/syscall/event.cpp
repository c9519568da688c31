// System calls on files that count: eventfd and timerfd.
#include "kernel/syscall/event.hpp"

#include "kernel/vfs/event_file.hpp"

#include <algorithm>

namespace sys {

namespace {

using process::NewDescriptor;
using uapi::Clock;
using uapi::Open;
using vfs::OpenFlags;
using vfs::TimerFile;

constexpr OpenFlags descriptor_flags = OpenFlags(Open::close_on_exec) | Open::nonblocking;

Result<process::Reservation> reserve(process::Thread& caller, OpenFlags flags) {
    return caller.reserve_descriptor(flags.has(Open::close_on_exec) ? process::OnExec::close
                                                                    : process::OnExec::keep);
}

Result<Ref<vfs::File>> timer_at(process::Thread& caller, Fd fd) {
    auto file = TRY(caller.file(fd));
    if (vfs::as_timer(*file) == nullptr)
        return fail(Errno::einval);
    return file;
}

uapi::IntervalTimerSpec spec_of(TimerFile::Setting const& setting) {
    return {to_timespec(setting.interval), to_timespec(setting.left)};
}

} // namespace

Result<NewDescriptor> eventfd(process::Thread& caller, u32 start) {
    return eventfd2(caller, start, 0);
}

Result<NewDescriptor> eventfd2(process::Thread& caller, u32 start, u32 bits) {
    constexpr u32 semaphore = 1;
    if ((bits & ~(descriptor_flags.bits() | semaphore)) != 0)
        return fail(Errno::einval);
    auto const flags = OpenFlags::from_bits(bits & ~semaphore);
    auto slot = TRY(reserve(caller, flags));
    auto const how =
        (bits & semaphore) != 0 ? vfs::Counting::one_by_one : vfs::Counting::all_at_once;
    return NewDescriptor(std::move(slot), TRY(vfs::create_event_counter(start, how, flags)));
}

Result<NewDescriptor> timerfd_create(process::Thread& caller, i32 number, u32 bits) {
    auto const clock = static_cast<Clock>(number);
    bool const wall = clock == Clock::realtime;
    if ((bits & ~descriptor_flags.bits()) != 0 ||
        (!wall && clock != Clock::monotonic && clock != Clock::boottime))
        return fail(Errno::einval);
    auto const flags = OpenFlags::from_bits(bits);
    auto slot = TRY(reserve(caller, flags));
    auto timer = TRY(
        vfs::create_timer_file(wall ? TimerFile::Clock::wall : TimerFile::Clock::monotonic, flags));
    return NewDescriptor(std::move(slot), std::move(timer));
}

/// TFD_TIMER_CANCEL_ON_SET is refused. A clock that is set later does not move a timer.
Result<void> timerfd_settime(process::Thread& caller, Fd fd, u32 flags,
                             In<uapi::IntervalTimerSpec> const& wanted,
                             Out<uapi::IntervalTimerSpec> old) {
    TimerFile::Setting setting;
    setting.interval = TRY(duration_of(wanted->interval));
    setting.left = TRY(duration_of(wanted->value));
    if ((flags & ~static_cast<u32>(uapi::timer_absolute)) != 0)
        return fail(Errno::einval);
    auto const file = TRY(timer_at(caller, fd));
    auto& timer = *vfs::as_timer(*file);
    if ((flags & uapi::timer_absolute) != 0 && setting.left != Nanoseconds()) {
        auto const clock =
            timer.clock() == TimerFile::Clock::wall ? Clock::realtime : Clock::monotonic;
        auto const now = TRY(read_clock(caller, std::to_underlying(clock)));
        setting.left = std::max(setting.left - now, Nanoseconds(1));
    }
    return old.write_if_given(spec_of(timer.set(setting)));
}

Result<uapi::IntervalTimerSpec> timerfd_gettime(process::Thread& caller, Fd fd) {
    auto const file = TRY(timer_at(caller, fd));
    return spec_of(vfs::as_timer(*file)->setting());
}

} // namespace sys
