// Process: what a program's threads share, its place among other processes, and how it ended.
#pragma once

#include "abi/process.hpp"
#include "abi/resource.hpp"
#include "abi/signal.hpp"
#include "kernel/mem/address_space.hpp"
#include "kernel/process/pid_space.hpp"
#include "kernel/process/signal_handlers.hpp"
#include "kernel/sync/wait_queue.hpp"
#include "kernel/vfs/credentials.hpp"
#include "kernel/vfs/file.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/units.hpp"

namespace process {

class Gone;
class TimerSet;

/// How a process ended or changed, encoded as wait(2) returns it.
class Status {
public:
    constexpr Status() = default;

    static constexpr Status exited(int code) { return Status((code & 0xff) << 8); }

    static constexpr Status killed(Signal by) { return Status(std::to_underlying(by)); }

    /// By a bug of the kernel: SIGKILL with a core dump, which nothing else can be
    /// (docs/decisions/014).
    static constexpr Status killed_by_bug() {
        return Status(std::to_underlying(Signal::kill) | core_flag);
    }

    static constexpr Status stopped(Signal by) {
        return Status((std::to_underlying(by) << 8) | 0x7f);
    }

    /// Of a thread that stopped for its tracer.
    static constexpr Status traced(Signal by, int event) {
        return Status((event << 16) | (std::to_underlying(by) << 8) | 0x7f);
    }

    static constexpr Status continued() { return Status(0xffff); }

    constexpr int encoded() const { return encoded_; }

    constexpr bool is_exit() const { return (encoded_ & 0x7f) == 0; }

    constexpr int exit_code() const { return (encoded_ >> 8) & 0xff; }

    constexpr int signal() const { return encoded_ & 0x7f; }

    /// si_code of SIGCHLD and waitid(2) for a process that ended so.
    constexpr i32 child_code() const {
        if (is_exit())
            return uapi::cld_exited;
        return (encoded_ & core_flag) != 0 ? uapi::cld_dumped : uapi::cld_killed;
    }

    /// Of one that was killed, whose memory was written to a core file.
    constexpr Status with_dump() const { return Status(encoded_ | core_flag); }

private:
    static constexpr int core_flag = 0x80;

    constexpr explicit Status(int encoded) : encoded_(encoded) {}

    int encoded_ = 0;
};

/// CPU time and faults, for rusage and times(2).
struct Usage {
    Nanoseconds user{}, system{};
    u64 minor_faults = 0, major_faults = 0;
    u64 voluntary_switches = 0, involuntary_switches = 0;
    u64 most_resident = 0; ///< bytes

    void add(Usage const& other);
    uapi::ResourceUsage abi() const;
};

/// A login session. `terminal` is a terminal::Terminal; everything under the tree lock.
class Session : public RefCounted {
public:
    explicit Session(Pid number) : id(number) {}

    Pid const id;
    Process* leader = nullptr; ///< until it exits
    usize groups = 0;
    Ref<RefCounted> terminal;
};

/// The file of a running program: nobody may write to it meanwhile (ETXTBSY).
class Executable : public RefCounted {
public:
    Executable() = default;

    ~Executable() override {
        persevere([this] {
            if (file)
                file->inode().end_execution();
        });
    }

    Ref<vfs::File> file; ///< as vfs::open_for_execution() opened it
};

/// Where things lie in a program's memory, for /proc and prctl.
struct Layout {
    UserAddr arguments_start{}, arguments_end{};
    UserAddr environment_start{}, environment_end{};
    UserAddr auxiliary_start{}, auxiliary_end{};
    UserAddr stack_start{};
};

class Process final : public RefCounted {
public:
    using Limits = uapi::ResourceLimit[uapi::limit_count];

    Process(Pid pid, Ref<SignalHandlers> handlers);
    ~Process() override;

    /// Of the calling thread.
    static Process& current();

    Pid id() const { return pid_; }

    // Identity and limits: a short spinning lock each.
    Ref<vfs::Credentials const> credentials();
    void set_credentials(Ref<vfs::Credentials const> credentials);
    uapi::ResourceLimit limit(uapi::Limit which);
    void set_limit(uapi::Limit which, uapi::ResourceLimit limit);

    u64 soft_limit(uapi::Limit which) { return limit(which).soft; }

    /// Of its program; empty for a zombie.
    Ref<mem::AddressSpace> address_space();
    void set_address_space(Ref<mem::AddressSpace> space);
    /// The file that execve loaded; empty for a zombie.
    Ref<vfs::File> executable();
    Ref<Executable> shared_executable();
    void set_executable(Ref<Executable> executable);
    Layout layout();
    void set_layout(Layout const& layout);

    Nanoseconds started() const { return started_; }

    /// Of all threads, those that have ended included. With the tree locked, memory is left out.
    Usage usage(TreeGuard& tree);
    Usage usage();

    Ref<SignalHandlers> const& handlers() const { return handlers_; }

    /// Timers of setitimer, alarm and timer_create; made at first use.
    TimerSet& timers();

    /// nullptr before the first use.
    TimerSet* timers_if_any() { return timers_.load(); }

    // Everything below: under the tree lock. What links processes is changed by Tree::undo.
    void set_parent(TreeGuard& tree, Process* to);

    Process* parent = nullptr; ///< changed by set_parent() only
    Atomic<Pid> parent_id{};   ///< for getppid(), which may read it without the lock
    ListHook<Process> as_child;
    List<Process, &Process::as_child> children;
    ListHook<Process> as_member;
    Ref<Group> group;
    usize thread_count = 0;
    Uid counted_as{};               ///< in Tree::users: every thread, and the zombie
    Atomic<u32> live_threads{0};    ///< that have not begun to exit
    Thread* first_thread = nullptr; ///< linked through Thread::next_in_process
    /// For children: a status changed, or one was added or went.
    ksync::WaitQueue child_changed;
    /// For execve: the number of threads fell.
    ksync::WaitQueue threads_changed;
    Signal exit_signal = Signal::chld; ///< to the parent; Signal{0} for none
    Signal parent_death_signal{};
    bool zombie = false;
    char last_name[16] = {}; ///< a zombie's: that of the thread that ended last
    bool subreaper = false;
    bool has_execed = false; ///< setpgid by the parent is refused then
    Status status;
    Usage dead_threads;
    Usage reaped_children;
    enum class Event : u8 { none, stopped, continued } event = Event::none;
    Signal event_signal{};
    Thread* replacing_others = nullptr; ///< the thread inside execve
    Thread* dumping = nullptr;          ///< the thread that writes a core dump
    usize waiting_for_dump = 0;         ///< the threads whose end waits for it
    ksync::WaitQueue dump_ended;

    // Under the signal lock.
    Pending pending;
    bool exiting = false;
    Status exit_status;
    bool stop_wanted = false;
    Signal stop_signal{};
    usize stopped_threads = 0;

    ksync::WaitQueue continued; ///< stopped threads sleep here
    ksync::WaitQueue memory_released;
    Atomic<bool> memory_is_released{false}; ///< what vfork waits for
    Atomic<bool> no_new_privileges{false};
    Atomic<bool> keep_capabilities{false};
    Atomic<bool> dumpable{true};
    Atomic<u32> personality{0};
    Atomic<u64> minor_faults{0};
    Atomic<u64> major_faults{0};
    Atomic<i32> oom_adjustment{0};
    Atomic<bool> has_traced{false}; ///< looks, or has looked, at other threads

    // For clone and exit.
    /// The table takes over `reference`, which lives longer than the guard, until leave().
    void enter(TreeGuard& tree, Ref<Process>& reference);
    /// `gone` takes over the table's reference. The group's stays.
    void leave(TreeGuard& tree, Gone& gone);
    void link_thread(TreeGuard& tree, Thread& thread);
    void unlink_thread(TreeGuard& tree, Thread& thread);
    /// Counts the process for `user` from now on.
    void count_as(TreeGuard& tree, Uid user);
    /// The thread has begun to end. Whether none is left that has not; no harm if asked again.
    bool begin_leaving(TreeGuard& tree, Thread& thread);
    /// `handlers` gets the former ones.
    void replace_handlers(TreeGuard& tree, Ref<SignalHandlers>& handlers);
    void set_limits(Process& like);

private:
    struct Own {
        Ref<vfs::Credentials const> credentials;
        Ref<mem::AddressSpace> space;
        Ref<Executable> executable;
        Layout layout;
        Limits limits;

        /// Sound at every moment: a reference is exchanged by one store, the rest is only numbers.
        static bool recover() { return true; }
    };

    Pid const pid_;
    Nanoseconds const started_;
    Ref<SignalHandlers> handlers_; ///< replaced only under the tree lock by the only thread
    ksync::SpinLocked<Own, ksync::Rank::process> own_;
    Atomic<TimerSet*> timers_{nullptr};
};

/// A process group. Everything under the tree lock.
class Group : public RefCounted {
public:
    Group(Pid number, Ref<Session> of) : id(number), session(std::move(of)) {}

    Pid const id;
    Ref<Session> const session;
    List<Process, &Process::as_member> members;
};

/// Moves a process between groups; the old group and session end with their last member. `group`,
/// which lives longer than the guard, gets the former one.
void join_group(TreeGuard& tree, Process& process, Ref<Group>& group);

/// Processes that have left the tree. Declared before the guard, so that they are freed after it.
/// In no need of memory.
class Gone {
public:
    Gone() = default;
    Gone(Gone const&) = delete;
    Gone& operator=(Gone const&) = delete;
    ~Gone();

private:
    friend class Process;

    List<Process, &Process::as_child> processes_; ///< who left the tree is nobody's child
};

} // namespace process
