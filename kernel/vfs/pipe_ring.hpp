// Pipe: what both ends of a pipe or FIFO share.
#pragma once

#include "kernel/mem/frames.hpp"
#include "kernel/mem/transfer.hpp"
#include "kernel/sync/undo_log.hpp"
#include "kernel/sync/wait_queue.hpp"
#include "kernel/vfs/pipe.hpp"

namespace vfs {

/// Bytes in a ring of pages that are allocated as they are first needed.
class PipeRing {
public:
    explicit PipeRing(usize capacity = pipe_default_size) { pages_.resize(capacity / page_size); }

    usize capacity() const { return pages_.size() * page_size; }

    usize used() const { return end_ - start_; }

    usize room() const { return capacity() - used(); }

    /// Moves up to `most` bytes. A fault after the first byte is a short count.
    Result<usize> take(mem::Sink& into, usize most);
    Result<usize> put(mem::Source& from, usize most);
    /// A ring of another size with the same contents: EBUSY when they do not fit.
    Result<PipeRing> resized(usize capacity) const;
    /// After a bug amid a change.
    void recover();

private:
    u64 start_ = 0; ///< of the contents, counted from when it was last empty; only ever one store
    u64 end_ = 0;   ///< likewise
    Vector<mem::Frame> pages_;
};

class Pipe : public RefCounted {
public:
    Result<usize> read(mem::Sink& into, File const& end);
    Result<usize> write(mem::Source& from, File const& end);
    PollEvents poll(File const& end, u32 writers_at_open, PollWaiter* waiter);

    /// FIONREAD.
    usize readable_bytes() { return state_.lock()->ring.used(); }

    usize capacity() { return state_.lock()->ring.capacity(); }

    Result<void> set_capacity(usize bytes);

    /// An end is opened or closed.
    /// Returns who was there at that moment, for the waits below.
    struct Partners {
        bool reader, writer;
        u32 readers_ever, writers_ever;
    };

    Partners add(bool reads, bool writes);
    void drop(bool reads, bool writes) noexcept;
    /// For open(2) of a FIFO: until somebody opened the other end, even if only for a moment since
    /// this end was added.
    Result<void> wait_for_writer(Partners const& then);
    Result<void> wait_for_reader(Partners const& then);

    u32 writers_ever() { return state_.lock()->writers_ever; }

    bool has_writers() { return state_.lock()->writers != 0; }

    bool has_readers() { return state_.lock()->readers != 0; }

private:
    struct State {
        PipeRing ring;
        u32 readers = 0, writers = 0;
        u32 readers_ever = 0, writers_ever = 0;
        ksync::UndoLog<10> undo;

        void begin_section() { undo.begin(); }

        bool recover();
    };

    ksync::SleepLocked<State, ksync::Rank::pipe> state_;
    ksync::WaitQueue may_read_;
    ksync::WaitQueue may_write_;
    ksync::WaitQueue opened_;
};

} // namespace vfs
