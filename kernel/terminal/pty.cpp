// The two ends of a pseudo-terminal, as pty(7) describes them.
#include "kernel/terminal/pty.hpp"

#include "kernel/vfs/devices.hpp"
#include "libs/base/format.hpp"

#include <algorithm>

namespace terminal {

using namespace uapi::termios;

Pty::Pty(u32 index) : Terminal({pty_slave_major, index}, ::format("pts/{}", index).view(), *this) {}

void Pty::prepare() {
    uapi::Termios settings = standard;
    settings.control &= ~hupcl; // no line that could be hung up
    set_settings(settings);
}

usize Pty::write(ConstBytes bytes) {
    usize taken = 0;
    {
        auto shown = shown_.lock();
        while (taken < bytes.size() && shown->used() < capacity)
            shown->data[shown->head++ % capacity] = bytes[taken++];
    }
    if (taken != 0)
        shown_queue_.wake_all();
    return taken;
}

usize Pty::room() {
    return capacity - shown_.lock()->used();
}

void Pty::users_changed(u32 users) {
    shown_.lock()->slave_closed = users == 0;
    if (users == 0)
        shown_queue_.wake_all();
}

Result<usize> Pty::master_read(mem::Sink& into, bool nonblocking) {
    if (into.left() == 0)
        return 0;
    std::byte chunk[512];
    usize count = 0;
    for (;;) {
        {
            auto shown = shown_.lock();
            usize const wanted = std::min({sizeof chunk, into.left(), shown->used()});
            while (count < wanted)
                chunk[count++] = shown->data[shown->tail++ % capacity];
            if (count == 0 && shown->slave_closed)
                return fail(Errno::eio);
        }
        if (count != 0)
            break;
        if (nonblocking)
            return fail(Errno::eagain);
        TRY(shown_queue_.wait([&] {
            auto shown = shown_.lock();
            return shown->used() != 0 || shown->slave_closed;
        }));
    }
    writable();
    return into.write(ConstBytes(chunk).first(count));
}

Result<usize> Pty::master_write(mem::Source& from, bool nonblocking) {
    usize total = 0;
    std::byte chunk[256];
    while (from.left() != 0) {
        usize const count = TRY(from.read(Bytes(chunk).first(std::min(sizeof chunk, from.left()))));
        for (usize typed = 0; typed < count;) {
            may_type_.store(false);
            usize const accepted = receive(ConstBytes(chunk).subspan(typed, count - typed));
            typed += accepted;
            total += accepted;
            if (typed == count)
                break;
            auto const waited = nonblocking ? Result<void>(fail(Errno::eagain))
                                            : typing_queue_.wait([&] { return may_type_.load(); });
            if (!waited) {
                if (total != 0)
                    return total;
                return std::unexpected(waited.error());
            }
        }
    }
    return total;
}

vfs::PollEvents Pty::master_poll(vfs::PollWaiter* waiter) {
    if (waiter != nullptr) {
        waiter->watch(shown_queue_);
        waiter->watch(typing_queue_);
    }
    vfs::PollEvents events = vfs::Poll::out | vfs::Poll::write_normal;
    auto shown = shown_.lock();
    if (shown->used() != 0)
        events |= vfs::Poll::in | vfs::Poll::read_normal;
    if (shown->slave_closed)
        events |= vfs::Poll::hang_up;
    return events;
}

Result<i64> Pty::master_control(u32 command, UserAddr argument) {
    i32 value = 0;
    switch (command) {
    case tiocgptn:
        value = static_cast<i32>(index());
        break;
    case tiocgptlck:
        value = locked() ? 1 : 0;
        break;
    case fionread:
        value = static_cast<i32>(shown_.lock()->used());
        break;
    case tiocsptlck: {
        mem::Source source({argument, sizeof value});
        TRY(source.read(writable_object_bytes(value)));
        locked_.store(value != 0);
        return 0;
    }
    case tiocgpgrp: // the master asks from outside the session
        value = static_cast<i32>(foreground());
        break;
    case tiocgsid:
        if (session() == Pid{})
            return fail(Errno::enotty);
        value = static_cast<i32>(session());
        break;
    case tiocsig:
        if (argument.value() == 0 || argument.value() > uapi::signal_count)
            return fail(Errno::einval);
        if (JobControl* const jobs = job_control(); jobs != nullptr && foreground() != Pid{})
            jobs->signal_group(foreground(), static_cast<Signal>(argument.value()));
        return 0;
    case tiocsctty:
    case tiocnotty:
        return fail(Errno::enotty);
    default:
        return control(command, argument);
    }
    mem::Sink sink({argument, sizeof value});
    TRY(sink.write(object_bytes(value)));
    return 0;
}

void Pty::master_closed() {
    hang_up();
}

} // namespace terminal
