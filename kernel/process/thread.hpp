// Thread: a thread of a program, with what belongs to it alone: signals, descriptors, exit duties.
#pragma once

#include "kernel/process/descriptors.hpp"
#include "kernel/process/process.hpp"
#include "kernel/task/thread.hpp"
#include "kernel/vfs/context.hpp"
#include "libs/base/back_pointer.hpp"

namespace process {

/// What a thread has to do before it returns to its program.
enum class Work : u32 {
    signal = 1,  ///< a signal may be deliverable
    restart = 2, ///< the system call ended with a restart code
    die = 4,     ///< the process ends, or another thread runs execve
    stop = 8,    ///< job control
    mask = 16,   ///< a temporary signal mask must be taken back
    trace = 64,  ///< it is to stop for its tracer, ptrace(2)
    bug = 32,    ///< a bug of the kernel on its behalf costs the program its life
};

/// How restart_syscall(2) goes on with a sleep that a stop or a trace interrupted.
struct Restart {
    Result<i64> (*resume)(Thread& thread, Restart const& state) = nullptr;
    Nanoseconds deadline{};
    UserAddr address{};
    u64 more[3] = {};
};

inline constexpr u64 default_timer_slack = 50'000;

class Thread final : public task::Thread {
public:
    /// The running thread. Only for code that runs on behalf of a program.
    static Thread& current() { return static_cast<Thread&>(task::Thread::current()); }

    Thread(std::string_view name, mem::KernelStack stack, Ref<mem::AddressSpace> space, Pid id,
           Ref<Process> process, Ref<Descriptors> files, Ref<vfs::FsContext> context);
    ~Thread() override;

    Pid id() const { return id_; }

    Process& process() const { return *process_; }

    // Of the running thread itself; others use shared_files().
    Descriptors& files() const { return *files_; }

    vfs::FsContext& fs() const { return *fs_; }

    /// Snapshot for path walks.
    vfs::Caller caller();

    Ref<vfs::Credentials const> credentials() { return process_->credentials(); }

    Result<Ref<vfs::File>> file(Fd fd) { return files_->find(fd); }

    /// A free descriptor within RLIMIT_NOFILE.
    Result<Reservation> reserve_descriptor(OnExec on_exec = OnExec::keep, int lowest = 0);

    Ref<Descriptors> shared_files();
    Ref<vfs::FsContext> shared_fs();
    void set_files(Ref<Descriptors> files);
    void set_fs(Ref<vfs::FsContext> context);

    bool interrupted(ksync::Wait how) const override;

    void doom(char const* bug) noexcept override;
    void describe(klog::Task& task) const noexcept override;

    /// What it was doomed by; with Work::bug.
    char const* bug() const { return bug_.load(); }

    bool has_work() const { return work_.load(MemoryOrder::relaxed) != 0; }

    bool has(Work work) const { return (work_.load() & std::to_underlying(work)) != 0; }

    void add(Work work) { work_.fetch_or(std::to_underlying(work)); }

    void clear(Work work) { work_.fetch_and(~std::to_underlying(work)); }

    /// 'R', 'S', 'D', 'T', 'Z' as /proc/PID/stat shows it.
    char state_letter();
    Usage usage();

    // Under the signal lock; the mask is changed by the thread itself only.
    SignalSet blocked;
    Pending pending;
    /// What sigsuspend, ppoll and pselect put aside; restored by Work::mask or by sigreturn.
    SignalSet saved_mask;
    SignalSet waited_for; ///< sigtimedwait: taken though blocked

    // The thread's own.
    uapi::SignalStack alternate_stack{0, uapi::ss_disable, 0, 0};
    UserAddr clear_child_tid{};
    UserAddr robust_list{};
    Restart restart;
    u64 timer_slack = default_timer_slack; ///< ns, as prctl(2) shows it
    Atomic<u32> io_priority{0};            ///< as ioprio_set(2) encodes it
    Atomic<bool> batch{false};             ///< SCHED_BATCH, scheduled as SCHED_OTHER
    Atomic<bool> resets_policy_on_fork{false};

    // Under the tree lock.
    Thread* next_in_process = nullptr;
    Thread* previous_in_process = nullptr;
    bool leaving = false;      ///< has begun to end
    Pid tracer{};              ///< the process that looks at it; 0: none
    Signal trace_signal{};     ///< what its tracer hears as the reason of the stop
    bool trace_untold = false; ///< its tracer has not waited for the stop
    Atomic<bool> trace_stopped{false};

    /// execve from a thread that is not the first: gets the process's number.
    void become_first(TreeGuard& tree);

private:
    /// If a bug has changed the one word by which the process is known, puts it back: what ends the
    /// thread, and each report of it, needs the process. From any context.
    void mend() const noexcept;

    Pid id_;
    mutable Ref<Process> process_;
    BackPointer<Process> const process_again_; ///< for mend()
    Ref<Descriptors> files_;
    Ref<vfs::FsContext> fs_;

    /// That others see one of two references.
    struct Exchange {
        static bool recover() { return true; }
    };

    ksync::SpinLocked<Exchange, ksync::Rank::process> resources_; ///< while others look at the two
    Atomic<u32> work_{0};
    Atomic<char const*> bug_{""};
};

} // namespace process
