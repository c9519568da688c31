// A thread: what the scheduler runs.
#pragma once

#include "kernel/arch/api/context.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/log/ring.hpp"
#include "kernel/mem/address_space.hpp"
#include "kernel/mem/kernel_stack.hpp"
#include "kernel/sync/blocking.hpp"
#include "kernel/task/scheduling.hpp"
#include "libs/base/ref.hpp"
#include "libs/base/units.hpp"

#include <string_view>

namespace task {

/// Times for /proc and getrusage.
struct Times {
    Nanoseconds user;
    Nanoseconds system;
    u64 voluntary_switches;
    u64 involuntary_switches;
};

/// Kernel threads are plain Threads; process derives the threads of programs. Created suspended;
/// start() makes it runnable. The scheduler holds a reference from start() until it has died.
class Thread : public RefCounted, public ksync::Sleeper {
public:
    static Thread& current() {
        void* const thread = arch::current_thread();
        ensure(thread != nullptr, "no thread runs yet");
        return *static_cast<Thread*>(static_cast<ksync::Sleeper*>(thread));
    }

    /// A kernel thread that runs entry(argument) and dies when that returns. ENOMEM.
    static Result<Ref<Thread>> create(std::string_view name, void (*entry)(void*), void* argument);
    ~Thread() override;

    void start();
    /// Ends the running thread; its stack is freed later by the scheduler.
    [[noreturn]] static void exit();

    /// 15 bytes at most, as /proc/PID/comm.
    std::string_view name() const { return {name_, name_size_}; }

    void set_name(std::string_view name);

    State state() const;
    usize cpu() const; ///< where it runs or last ran
    Policy policy() const;
    void set_policy(Policy policy);
    CpuSet affinity() const;
    /// EINVAL when no CPU that is online remains.
    Result<void> set_affinity(CpuSet cpus);
    Times times() const;

    arch::Context& context() { return context_; }

    /// Which memory user copies of this thread reach; empty for kernel threads.
    mem::AddressSpace* address_space() const { return address_space_.raw(); }

    /// For execve, of the running thread: switches this CPU over too.
    void set_address_space(Ref<mem::AddressSpace> space);

    /// Signals: whether a wait of this kind must end now. Kernel threads: never.
    virtual bool interrupted(ksync::Wait) const { return false; }

    /// A bug that was not unwound costs the thread: it ends at its next chance. `bug` lives for
    /// ever. Kernel threads go on: the report has to do.
    virtual void doom(char const*) noexcept {}

    /// Has it unwound where it can next be preempted in the kernel: it made no progress.
    void stall() noexcept {
        stalled_.store(true);
        doom("no progress with preemption off");
    }

    bool stalled() const { return stalled_.load(MemoryOrder::relaxed); }

    /// Whether to unwind it now; once.
    bool take_stall() { return stalled() && stalled_.exchange(false); }

    /// For the log: in any context.
    virtual void describe(klog::Task& task) const noexcept { task.set_name(name()); }

    /// Called by the scheduler, preemption off, when the thread has run its last instruction.
    virtual void died() noexcept {}

    /// The scheduler's own part.
    Scheduling& scheduling() { return scheduling_; }

    Scheduling const& scheduling() const { return scheduling_; }

protected:
    Thread(std::string_view name, mem::KernelStack stack, Ref<mem::AddressSpace> space);

private:
    char name_[16] = {};
    u8 name_size_ = 0;
    Atomic<bool> stalled_{false};
    mem::KernelStack stack_;
    arch::Context context_;
    Ref<mem::AddressSpace> address_space_;
    Scheduling scheduling_;
};

} // namespace task
