// Advisory locks: flock(2) on open files, fcntl(2) byte ranges of processes and of open files.
#include "kernel/vfs/file_locks.hpp"

#include "kernel/vfs/file_locks_list.hpp"
#include "libs/base/persist.hpp"

#include <algorithm>

namespace vfs {

/// A friend of File: remembers that closing it must release a flock.
class FlockMark {
public:
    static void set(File& file) { file.has_flock_.store(true); }
};

namespace {

bool overlaps(ByteRange a, ByteRange b) {
    return a.start < b.end && b.start < a.end;
}

bool conflicts(RecordLock const& held, RecordLock const& wanted) {
    return held.owner.identity != wanted.owner.identity && overlaps(held.range, wanted.range) &&
           (held.kind == LockKind::exclusive || wanted.kind == LockKind::exclusive);
}

RecordLock const* find_conflict(Vector<RecordLock> const& records, RecordLock const& wanted) {
    for (RecordLock const& held : records)
        if (conflicts(held, wanted))
            return &held;
    return nullptr;
}

/// Takes `range` away from what the owner holds; a lock in whose middle it lies is split.
void clear_range(Vector<RecordLock>& records, LockOwner owner, ByteRange range) {
    for (usize i = 0; i < records.size();) {
        RecordLock& held = records[i];
        if (held.owner.identity != owner.identity || !overlaps(held.range, range)) {
            ++i;
            continue;
        }
        RecordLock after = held;
        after.range.start = range.end;
        bool const keeps_start = held.range.start < range.start;
        bool const keeps_end = held.range.end > range.end;
        if (keeps_start) {
            held.range.end = range.start;
            ++i;
        } else {
            records.erase(i);
        }
        if (keeps_end) {
            records.insert(i, after);
            ++i;
        }
    }
}

/// Adjacent locks of one kind become one.
void add_range(Vector<RecordLock>& records, RecordLock lock) {
    for (usize i = 0; i < records.size();) {
        RecordLock const& held = records[i];
        bool const touches =
            held.range.start <= lock.range.end && lock.range.start <= held.range.end;
        if (held.owner.identity == lock.owner.identity && held.kind == lock.kind && touches) {
            lock.range.start = std::min(lock.range.start, held.range.start);
            lock.range.end = std::max(lock.range.end, held.range.end);
            records.erase(i);
        } else {
            ++i;
        }
    }
    records.push_back(lock);
}

/// Not compiled into its caller, which owns both: what copies plain structures is noexcept.
[[gnu::noinline]] void make_changed(Vector<RecordLock>& changed, Vector<RecordLock> const& records,
                                    LockOwner owner, ByteRange range,
                                    std::optional<LockKind> kind) {
    changed.reserve(records.size() + 2);
    for (RecordLock const& held : records)
        changed.push_back(held);
    clear_range(changed, owner, range);
    if (kind)
        add_range(changed, {*kind, range, owner});
}

/// Whether waiting for `blocker` would close a circle. Waits are rare, so they are all in one list.
struct Waiting {
    void const* waiter;
    void const* blocker;
};

struct Waits {
    Waiting list[64] = {};
    usize count = 0;
};

constinit ksync::SpinLocked<ksync::Independent<Waits>, ksync::Rank::dentries> waits;

bool begin_wait(void const* waiter, void const* blocker) {
    auto const all = waits.lock();
    void const* next = blocker;
    for (usize step = 0; step <= all->count; ++step) {
        if (next == waiter)
            return false;
        void const* found = nullptr;
        for (usize i = 0; i < all->count; ++i)
            if (all->list[i].waiter == next)
                found = all->list[i].blocker;
        if (found == nullptr)
            break;
        next = found;
    }
    if (all->count < std::size(all->list))
        all->list[all->count++] = {waiter, blocker};
    return true;
}

void end_wait(void const* waiter) {
    auto const all = waits.lock();
    for (usize i = 0; i < all->count; ++i)
        if (all->list[i].waiter == waiter) {
            all->list[i] = all->list[--all->count];
            all->list[all->count] = {}; // what is there would look like references
            return;
        }
}

} // namespace

Result<void> set_record_lock(File& file, LockOwner owner, ByteRange range,
                             std::optional<LockKind> kind, LockWait wait) {
    if (kind == LockKind::shared && !file.readable())
        return fail(Errno::ebadf);
    if (kind == LockKind::exclusive && !file.writable())
        return fail(Errno::ebadf);
    FileLocks& locks = file.inode().locks();
    {
        Vector<RecordLock> changed; // then the old ones, given back after the lock
        auto state = locks.state.lock();
        if (kind) {
            RecordLock const wanted{*kind, range, owner};
            while (RecordLock const* const conflict = find_conflict(state->records, wanted)) {
                if (wait == LockWait::try_once)
                    return fail(Errno::eagain);
                if (!begin_wait(owner.identity, conflict->owner.identity))
                    return fail(Errno::edeadlock);
                auto const waited = locks.released.wait(
                    state, [&] { return find_conflict(state->records, wanted) == nullptr; });
                end_wait(owner.identity);
                TRY(waited);
            }
        }
        make_changed(changed, state->records, owner, range, kind);
        state->undo.swap(state->records, changed);
    }
    locks.released.wake_all();
    return {};
}

Result<std::optional<RecordLock>> conflicting_lock(File& file, RecordLock const& wanted) {
    auto const state = file.inode().locks().state.lock();
    RecordLock const* conflict = nullptr;
    for (RecordLock const& held : state->records)
        if (conflicts(held, wanted) &&
            (conflict == nullptr || held.range.start < conflict->range.start))
            conflict = &held;
    return conflict == nullptr ? std::nullopt : std::optional<RecordLock>(*conflict);
}

void release_record_locks(Inode& inode, void const* owner) noexcept {
    FileLocks* const locks = inode.locks_if_any();
    if (locks == nullptr)
        return;
    {
        auto const state = locks->state.lock_even_poisoned();
        for (usize i = state->records.size(); i-- != 0;)
            if (state->records[i].owner.identity == owner)
                state->records.erase(i);
    }
    locks->released.wake_all();
}

Result<void> set_flock(File& file, std::optional<LockKind> kind, LockWait wait) {
    FileLocks& locks = file.inode().locks();
    {
        auto state = locks.state.lock();
        auto const is_free = [&] {
            for (FileLocks::Flock const& held : state->flocks)
                if (held.file != &file &&
                    (held.kind == LockKind::exclusive || kind == LockKind::exclusive))
                    return false;
            return true;
        };
        state->flocks.reserve(state->flocks.size() + 1);
        // An old lock is given up first, as on Linux: a conversion is not atomic.
        std::optional<LockKind> held;
        for (usize i = state->flocks.size(); i-- != 0;)
            if (state->flocks[i].file == &file) {
                held = state->flocks[i].kind;
                if (held == kind)
                    return {};
                state->flocks.erase(i);
            }
        if (kind) {
            if (!is_free()) {
                if (wait == LockWait::try_once) {
                    if (held)
                        locks.released.wake_all();
                    return fail(Errno::eagain);
                }
                locks.released.wake_all();
                TRY(locks.released.wait(state, is_free));
            }
            state->flocks.push_back({&file, *kind});
            FlockMark::set(file);
        }
    }
    locks.released.wake_all();
    return {};
}

void release_flock(File& file) noexcept {
    persist([&file] {
        FileLocks* const locks = file.inode().locks_if_any();
        if (locks == nullptr)
            return;
        {
            auto const state = locks->state.lock_even_poisoned();
            for (usize i = state->flocks.size(); i-- != 0;)
                if (state->flocks[i].file == &file)
                    state->flocks.erase(i);
        }
        locks->released.wake_all();
    });
}

} // namespace vfs
