// Pipe: what both ends of a pipe or FIFO share.
#include "kernel/vfs/pipe_ring.hpp"

#include <algorithm>

namespace vfs {

Result<usize> PipeRing::take(mem::Sink& into, usize most) {
    usize const before = into.done();
    while (used() != 0 && most != 0 && into.left() != 0) {
        usize const offset = start_ % page_size;
        usize const count = std::min({used(), most, into.left(), page_size - offset});
        mem::Frame const& page = pages_[start_ % capacity() / page_size];
        auto const copied = into.write(ConstBytes(page.bytes()).subspan(offset, count));
        if (!copied) {
            if (into.done() == before)
                return copied;
            break;
        }
        start_ += *copied;
        most -= *copied;
        if (*copied != count)
            break;
    }
    if (used() == 0) // so that small messages keep to one page
        end_ = start_ = 0;
    return into.done() - before;
}

Result<usize> PipeRing::put(mem::Source& from, usize most) {
    usize written = 0;
    most = std::min(most, room());
    while (most != 0 && from.left() != 0) {
        usize const end = end_ % capacity();
        usize const offset = end % page_size;
        usize const count = std::min({most, from.left(), page_size - offset});
        mem::Frame& page = pages_[end / page_size];
        if (!page) {
            auto fresh = mem::Frame::allocate(mem::Fill::any);
            if (!fresh) {
                if (written == 0)
                    return fail(Errno::enomem);
                break;
            }
            page = std::move(*fresh);
        }
        auto copied = from.read(page.bytes().subspan(offset, count));
        if (!copied) {
            if (written == 0)
                return copied;
            break;
        }
        // Linux drops a piece whose memory ends in the middle.
        if (*copied != count) {
            if (written == 0)
                return fail(Errno::efault);
            break;
        }
        end_ += count;
        most -= count;
        written += count;
    }
    return written;
}

Result<PipeRing> PipeRing::resized(usize capacity) const {
    if (used() > capacity)
        return fail(Errno::ebusy);
    PipeRing fresh(capacity);
    for (usize copied = 0; copied < used();) {
        usize const at = (start_ + copied) % this->capacity();
        usize const count = std::min(used() - copied, page_size - at % page_size);
        auto from = mem::Source::kernel(
            ConstBytes(pages_[at / page_size].bytes()).subspan(at % page_size, count));
        TRY(fresh.put(from, count));
        copied += count;
    }
    return fresh;
}

void PipeRing::recover() {
    if (start_ > end_) // amid becoming empty
        start_ = end_;
}

bool Pipe::State::recover() {
    ring.recover();
    return undo.roll_back();
}

Result<usize> Pipe::read(mem::Sink& into, File const& end) {
    if (into.left() == 0)
        return 0;
    usize count = 0;
    {
        auto state = state_.lock();
        if (state->ring.used() == 0) {
            if (state->writers == 0)
                return 0;
            if (end.nonblocking())
                return fail(Errno::eagain);
            TRY(may_read_.wait(state,
                               [&] { return state->ring.used() != 0 || state->writers == 0; }));
        }
        count = TRY(state->ring.take(into, into.left()));
    }
    if (count != 0)
        may_write_.wake_all();
    return count;
}

Result<usize> Pipe::write(mem::Source& from, File const& end) {
    usize const before = from.done();
    while (from.left() != 0) {
        // Up to PIPE_BUF bytes go in at once or not at all.
        usize const needed =
            before == from.done() && from.left() <= pipe_atomic_size ? from.left() : usize{1};
        usize const done = from.done() - before;
        Result<usize> put = usize{0};
        {
            auto state = state_.lock();
            if (state->readers != 0 && state->ring.room() < needed) {
                if (end.nonblocking()) {
                    if (done != 0)
                        return done;
                    return fail(Errno::eagain);
                }
                auto const waited = may_write_.wait(
                    state, [&] { return state->ring.room() >= needed || state->readers == 0; });
                if (!waited) {
                    if (done != 0)
                        return done;
                    return fail(waited.error().code());
                }
            }
            if (state->readers == 0) {
                if (done != 0)
                    return done;
                return fail(Errno::epipe);
            }
            put = state->ring.put(from, from.left());
        }
        if (!put) {
            if (done != 0)
                return done;
            return put;
        }
        may_read_.wake_all();
        if (*put == 0)
            break;
    }
    return from.done() - before;
}

PollEvents Pipe::poll(File const& end, u32 writers_at_open, PollWaiter* waiter) {
    if (waiter != nullptr) {
        if (end.readable())
            waiter->watch(may_read_);
        if (end.writable())
            waiter->watch(may_write_);
    }
    auto const state = state_.lock();
    PollEvents events;
    if (end.readable()) {
        if (state->ring.used() != 0)
            events |= Poll::in | Poll::read_normal;
        // A FIFO that never had a writer waits for one rather than being hung up.
        if (state->writers == 0 && state->writers_ever != writers_at_open)
            events |= Poll::hang_up;
    }
    if (end.writable()) {
        if (state->ring.room() >= pipe_atomic_size)
            events |= Poll::out | Poll::write_normal;
        if (state->readers == 0)
            events |= Poll::error;
    }
    return events;
}

Result<void> Pipe::set_capacity(usize bytes) {
    std::optional<PipeRing> fresh; // then the old one, given back after the lock
    auto const state = state_.lock();
    fresh.emplace(TRY(state->ring.resized(bytes)));
    state->undo.swap(state->ring, *fresh);
    return {};
}

Pipe::Partners Pipe::add(bool reads, bool writes) {
    Partners now;
    {
        auto const state = state_.lock();
        state->undo.set(state->readers, state->readers + reads);
        state->undo.set(state->writers, state->writers + writes);
        state->undo.set(state->readers_ever, state->readers_ever + reads);
        state->undo.set(state->writers_ever, state->writers_ever + writes);
        now = {.reader = state->readers != 0,
               .writer = state->writers != 0,
               .readers_ever = state->readers_ever,
               .writers_ever = state->writers_ever};
    }
    opened_.wake_all();
    return now;
}

/// An end that only seems to be there would have the other wait for ever, so a bug in this is
/// worth a second try.
void Pipe::drop(bool reads, bool writes) noexcept {
    struct Leaving {
        Pipe& pipe;
        bool reads, writes;
    } leaving{*this, reads, writes};

    auto const leave = [](void* argument) {
        auto& [pipe, reader, writer] = *static_cast<Leaving*>(argument);
        {
            auto const state = pipe.state_.lock_even_poisoned();
            state->readers -= std::exchange(reader, false);
            state->writers -= std::exchange(writer, false);
        }
        pipe.may_read_.wake_all();
        pipe.may_write_.wake_all();
    };
    if (!survive(leave, &leaving))
        survive(leave, &leaving);
}

Result<void> Pipe::wait_for_writer(Partners const& then) {
    if (then.writer)
        return {};
    auto state = state_.lock();
    return opened_.wait(state, [&] { return state->writers_ever != then.writers_ever; });
}

Result<void> Pipe::wait_for_reader(Partners const& then) {
    if (then.reader)
        return {};
    auto state = state_.lock();
    return opened_.wait(state, [&] { return state->readers_ever != then.readers_ever; });
}

} // namespace vfs
