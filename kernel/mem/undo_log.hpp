// Changes that are taken back when a bug ends them: how the allocators outlive bugs in themselves.
//
//   outer frame     persist(step): catches what ends the step, and calls it again
//   step's frame    lock, then Change: a bug puts the old values back, and then releases the lock
//   undo log        beside what the lock protects: | where, old value | where, old value | ...
//
// What a step tells the outer frame - an address, how many are done - is changed through the log as
// well. So after a bug either nothing has happened, or everything has and the outer frame knows it.
#pragma once

#include "kernel/mem/testing.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/types.hpp"

namespace mem {

/// The part of an UndoLog that does not depend on its size.
class UndoRecords {
public:
    void commit() {
        testing::may_fail();
        order();
        count_ = 0;
    }

    /// Nothing happens after a commit.
    void undo() noexcept {
        if (count_ != 0) [[unlikely]]
            undo_all();
    }

protected:
    /// The first two inverted: a pointer that was overwritten long ago must not look like one that
    /// is still there (census.hpp).
    struct Record {
        u64 place;
        u64 old;
        u64 size;
    };

    void save_8(void const* place, usize capacity);
    void save_4(void const* place, usize capacity);
    void save_1(void const* place, usize capacity);

private:
    /// The compiler moves no change to before its record, as a bug can come between any two.
    static void order() { __atomic_signal_fence(__ATOMIC_SEQ_CST); }

    template <class T>
    void save(void const* place, usize capacity);
    void undo_all() noexcept;

    Record* records() {
        // Safe because an UndoLog begins with this, and its records follow.
        return reinterpret_cast<Record*>(this + 1);
    }

    u64 count_ = 0;
};

/// The old values of what was changed since the last commit. One user at a time, by the lock of
/// what it stands beside. All zeros when it is empty.
template <usize capacity>
class UndoLog : public UndoRecords {
public:
    /// `place = value`, until commit() for the time being.
    template <class T, class Value>
    void set(T& place, Value value) {
        static_assert(sizeof(T) == 8 || sizeof(T) == 4 || sizeof(T) == 1);
        testing::may_fail();
        if constexpr (sizeof(T) == 8)
            save_8(&place, capacity);
        else if constexpr (sizeof(T) == 4)
            save_4(&place, capacity);
        else
            save_1(&place, capacity);
        if constexpr (requires { place.store(value, MemoryOrder::release); })
            place.store(value, MemoryOrder::release);
        else
            place = value;
    }

private:
    Record room_[capacity] = {};
};

/// One change of what a lock protects: declare it after the guard.
class [[nodiscard]] Change {
public:
    explicit Change(UndoRecords& log) : log_(log) {}

    Change(Change const&) = delete;
    Change& operator=(Change const&) = delete;

    ~Change() { log_.undo(); }

    /// What was set since the last keep() stays.
    void keep() { log_.commit(); }

private:
    UndoRecords& log_;
};

} // namespace mem
