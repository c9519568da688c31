// Pids: the table that resolves them, and the lock over the tree of processes.
#pragma once

#include "kernel/process/sound.hpp"
#include "kernel/process/user_counts.hpp"
#include "kernel/sync/locked.hpp"
#include "kernel/sync/undo_log.hpp"
#include "libs/base/id.hpp"
#include "libs/base/list.hpp"
#include "libs/base/ref.hpp"
#include "libs/base/result.hpp"

namespace process {

class Process;
class Thread;
class Group;
class Session;

/// What a number stands for; all four may share it.
struct PidEntry {
    Thread* thread = nullptr;
    Process* process = nullptr; ///< owned: see Process::enter()
    Group* group = nullptr;
    Session* session = nullptr;
    bool reserved = false;

    bool free() const {
        return thread == nullptr && process == nullptr && group == nullptr && session == nullptr &&
               !reserved;
    }
};

/// Everything that links processes to each other: pids, parents and children, groups, sessions,
/// exit statuses. Protected as one, since most changes touch several.
class Tree {
public:
    static constexpr int most = 32768; ///< pid_max
    static constexpr int first_reused = 300;

    Thread* thread(Pid pid) const { return entry(pid).thread; }

    Process* process(Pid pid) const { return entry(pid).process; }

    Group* group(Pid pid) const { return entry(pid).group; }

    Session* session(Pid pid) const { return entry(pid).session; }

    /// The entry of a pid that is in use; for those who enter and remove themselves.
    PidEntry& in_use(Pid pid);

    /// The next process with a pid of at least `from`, for walks that may be interrupted.
    Process* next_process(Pid from) const;

    usize threads() const { return threads_; }

    usize processes() const { return processes_; }

    u64 forks() const { return forks_; }

    Pid last_pid() const { return Pid(last_); }

    UserCounts users;
    Process* init = nullptr; ///< adopts orphans; its end ends the machine

    /// Everybody needs the tree, so a bug amid a change must leave it as it was: all links, counts
    /// and owners are changed by way of this log, and no reference is let go of while the tree is
    /// locked, but moved to where it is released later.
    ksync::UndoLog<128> undo;

    void begin_section() { undo.begin(); }

    bool recover() { return undo.roll_back(); }

    /// What has been changed until now stays, whatever comes.
    void keep_changes() { undo.begin(); }

private:
    friend class ReservedPid;
    friend class Process;
    friend class Thread;

    static constexpr int block_size = 512;

    struct Block {
        PidEntry entries[block_size];
    };

    PidEntry const& entry(Pid pid) const;
    Result<Pid> reserve();
    void free_empty_blocks() noexcept;

    Block* blocks_[most / block_size] = {};
    int last_ = 0;
    usize threads_ = 0;
    usize processes_ = 0;
    u64 forks_ = 0;
};

/// One space for the system; processes resolve pids through it, so that further spaces can come.
class PidSpace {
public:
    using Lock = ksync::SleepLocked<Tree, ksync::Rank::pid_table>;

    Lock::Guard lock() { return tree_.lock(); }

    Lock::Guard lock_even_poisoned() { return tree_.lock_even_poisoned(); }

    Ref<Process> find_process(Pid pid);
    Ref<Thread> find_thread(Pid pid);
    /// The process with the lowest pid from `from` on: for walks that look at memory and files,
    /// which must not be done with the tree locked.
    Ref<Process> find_next(Pid from);

private:
    Lock tree_;
};

using TreeGuard = PidSpace::Lock::Guard;

PidSpace& pid_space();

/// A number taken for a thread that is being made. Given back unless keep() was called.
class ReservedPid {
public:
    /// EAGAIN when all are in use.
    static Result<ReservedPid> take();

    ReservedPid(ReservedPid&& other) : pid_(other.pid_) { other.pid_ = Pid{}; }

    ReservedPid& operator=(ReservedPid&&) = delete;
    ~ReservedPid();

    Pid pid() const { return pid_; }

    /// The entry belongs to the thread from now on.
    void keep(TreeGuard& tree);

private:
    explicit ReservedPid(Pid pid) : pid_(pid) {}

    Pid pid_;
};

} // namespace process
