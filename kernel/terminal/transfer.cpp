// Reading and writing a terminal: waiting, VMIN and VTIME, and job control of background groups.
#include "kernel/arch/api/timer.hpp"
#include "kernel/terminal/terminal.hpp"

#include <algorithm>

namespace terminal {

using namespace uapi::termios;

namespace {

/// A wait on a terminal fails as Linux reports it: a timeout is no error here.
Result<bool> came_before_deadline(Result<void> const& waited) {
    if (waited)
        return true;
    if (waited.error() == Errno::etimedout)
        return false;
    return std::unexpected(waited.error());
}

} // namespace

Result<void> Terminal::check_reader() {
    JobControl* const control = job_control();
    if (control == nullptr || control->controlling_terminal().raw() != this)
        return {};
    Pid const front = foreground();
    if (front == Pid{} || front == control->group())
        return {};
    if (control->blocks_or_ignores(Signal::ttin) || control->group_is_orphaned())
        return fail(Errno::eio);
    control->signal_group(control->group(), Signal::ttin);
    return fail(Errno::erestartsys);
}

Result<void> Terminal::check_changer() {
    JobControl* const control = job_control();
    if (control == nullptr || control->controlling_terminal().raw() != this)
        return {};
    Pid const front = foreground();
    if (front == Pid{} || front == control->group() || control->blocks_or_ignores(Signal::ttou))
        return {};
    if (control->group_is_orphaned())
        return fail(Errno::eio);
    control->signal_group(control->group(), Signal::ttou);
    return fail(Errno::erestartsys);
}

bool Terminal::is_hung_up() {
    return state_.lock()->hung_up;
}

Result<usize> Terminal::read(mem::Sink& into, bool nonblocking) {
    if (is_hung_up())
        return 0; // also what was typed before is gone
    TRY(check_reader());
    if (into.left() == 0)
        return 0;
    bool const canonical = (state_.lock()->discipline.settings().local & icanon) != 0;
    return canonical ? read_line(into, nonblocking) : read_raw(into, nonblocking);
}

Result<usize> Terminal::read_line(mem::Sink& into, bool nonblocking) {
    usize const before = into.done();
    std::byte chunk[256];
    for (;;) {
        tty::LineDiscipline::Taken taken{0, false};
        {
            auto state = state_.lock();
            auto const ready = [&] { return state->hung_up || state->discipline.readable(); };
            if (into.done() == before && nonblocking && !ready())
                return fail(Errno::eagain);
            if (into.done() == before)
                TRY(input_queue_.wait(state, ready));
            if (!state->discipline.readable())
                return into.done() - before; // hung up, or the rest of the line was flushed
            taken = state->discipline.take(Bytes(chunk).first(std::min(sizeof chunk, into.left())));
            output_.input_wanted();
        }
        TRY(into.write(ConstBytes(chunk).first(taken.count)));
        if (taken.ended || into.left() == 0)
            return into.done() - before;
    }
}

Result<usize> Terminal::read_raw(mem::Sink& into, bool nonblocking) {
    usize const before = into.done();
    std::byte chunk[256];
    Nanoseconds deadline = Nanoseconds::never();
    bool first = true;
    for (;;) {
        usize count = 0;
        bool enough = false;
        {
            auto state = state_.lock();
            auto const& characters = state->discipline.settings().characters;
            usize const minimum = characters[vmin];
            auto const interval = Nanoseconds::milliseconds(100 * characters[vtime]);
            bool const between_bytes = minimum != 0 && characters[vtime] != 0;
            if (minimum == 0 && std::exchange(first, false))
                deadline = arch::now() + interval;
            if (between_bytes && into.done() != before)
                deadline = arch::now() + interval;
            auto const ready = [&] { return state->hung_up || state->discipline.readable(false); };
            if (!ready()) {
                bool const polls = minimum == 0 && characters[vtime] == 0;
                if (nonblocking && into.done() == before && !polls)
                    return fail(Errno::eagain);
                if (nonblocking || deadline <= arch::now())
                    return into.done() - before;
                auto waited = came_before_deadline(
                    input_queue_.wait(state, ready, ksync::Wait::interruptible, deadline));
                if (!waited && into.done() != before)
                    return into.done() - before;
                if (!TRY(std::move(waited)))
                    return into.done() - before;
            }
            if (!state->discipline.readable(false))
                return into.done() - before;
            count = state->discipline.read(Bytes(chunk).first(std::min(sizeof chunk, into.left())));
            output_.input_wanted();
            enough = into.done() - before + count >= std::max<usize>(minimum, 1) &&
                     !state->discipline.readable(false);
        }
        TRY(into.write(ConstBytes(chunk).first(count)));
        if (enough || into.left() == 0)
            return into.done() - before;
    }
}

Result<usize> Terminal::write(mem::Source& from, bool nonblocking) {
    if ((state_.lock()->discipline.settings().local & tostop) != 0)
        TRY(check_changer());
    usize shown = 0;
    std::byte chunk[256];
    while (from.left() != 0) {
        usize const count = TRY(from.read(Bytes(chunk).first(std::min(sizeof chunk, from.left()))));
        auto const written = write_chunk(ConstBytes(chunk).first(count), nonblocking, shown);
        if (!written) {
            if (shown != 0)
                return shown;
            return std::unexpected(written.error());
        }
    }
    return shown;
}

/// Adds to `shown` what was processed, also on failure.
Result<void> Terminal::write_chunk(ConstBytes chunk, bool nonblocking, usize& shown) {
    static constexpr usize widest = 8; // what one character can become
    std::byte out[512];
    while (!chunk.empty()) {
        auto state = state_.lock();
        auto const ready = [&] {
            return state->hung_up || (!state->discipline.stopped() && output_.room() >= widest);
        };
        if (!ready()) {
            if (nonblocking)
                return fail(Errno::eagain);
            TRY(output_queue_.wait(state, ready));
        }
        if (state->hung_up)
            return fail(Errno::eio);
        show_unshown(*state);
        auto const done = state->discipline.process_output(
            chunk, Bytes(out).first(std::min(sizeof out, output_.room())));
        usize const taken = output_.write(ConstBytes(out).first(done.produced));
        ensure(taken == done.produced, "a terminal's device took less than its room");
        chunk = chunk.subspan(done.taken);
        shown += done.taken;
    }
    return {};
}

Result<void> Terminal::drain() {
    auto state = state_.lock();
    return output_queue_.wait(state, [&] { return state->hung_up || output_.unsent() == 0; });
}

vfs::PollEvents Terminal::poll(vfs::PollWaiter* waiter) {
    if (waiter != nullptr) {
        waiter->watch(input_queue_);
        waiter->watch(output_queue_);
    }
    auto state = state_.lock();
    vfs::PollEvents events;
    if (state->discipline.readable() || state->hung_up)
        events |= vfs::Poll::in | vfs::Poll::read_normal;
    if (state->hung_up)
        events |= vfs::Poll::hang_up | vfs::Poll::error;
    if (state->hung_up || (!state->discipline.stopped() && output_.room() != 0))
        events |= vfs::Poll::out | vfs::Poll::write_normal;
    return events;
}

} // namespace terminal
