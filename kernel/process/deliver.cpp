// What happens on the way back to a program: signals run their actions, stops stop, ends end.
#include "abi/syscalls.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/signal_frame.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/log/log.hpp"
#include "kernel/process/core_dump.hpp"
#include "kernel/process/job_control.hpp"
#include "kernel/process/signals.hpp"
#include "kernel/process/timers.hpp"
#include "kernel/process/trace.hpp"
#include "kernel/process/user_backtrace.hpp"
#include "kernel/sync/poison.hpp"
#include "kernel/task/containment.hpp"
#include "kernel/task/scheduler.hpp"

#include <new>

namespace process {

namespace {

using uapi::SignalFlag;

/// A signal taken from a queue, with its action at that time.
struct Taken {
    uapi::SigInfo info;
    uapi::SigAction action;

    Signal signal() const { return static_cast<Signal>(info.signo); }

    bool has(SignalFlag flag) const { return (action.flags & std::to_underlying(flag)) != 0; }
};

std::optional<Taken> take_queued(Thread& self) {
    auto const handlers = self.process().handlers();
    auto signals = handlers->lock();
    auto const wanted = SignalSet(~self.blocked.bits());
    auto const ours = self.pending.set() & wanted;
    // Among both queues synchronous ones first; the thread's own before the process's.
    bool const own =
        !(ours & synchronous_signals).empty() ||
        (!ours.empty() && (self.process().pending.set() & wanted & synchronous_signals).empty());
    auto info = own ? self.pending.take(wanted) : self.process().pending.take(wanted);
    if (!info) {
        update_work(signals, self);
        return std::nullopt;
    }
    auto const signal = static_cast<Signal>(info->signo);
    Taken taken{*info, (*signals)[signal]};
    if (signals->has_handler(signal) && taken.has(SignalFlag::reset_hand))
        (*signals)[signal].handler = uapi::sig_dfl;
    return taken;
}

std::optional<Taken> take_next(Thread& self) {
    auto taken = take_queued(self);
    if (taken)
        settle_overrun(self.process(), taken->info);
    return taken;
}

/// A stop signal's default action: every thread is to stop.
void begin_stop(Thread& self, Signal signal) {
    auto tree = pid_space().lock();
    auto& process = self.process();
    if (signal != Signal::stop && process.group && is_orphaned(tree, *process.group))
        return;
    auto const handlers = process.handlers();
    auto signals = handlers->lock();
    // A SIGCONT since then has cancelled the stop.
    if (process.stop_wanted || process.exiting || process.pending.set().has(Signal::cont))
        return;
    process.stop_wanted = true;
    process.stop_signal = signal;
    process.stopped_threads = 0;
    for (auto* thread = process.first_thread; thread != nullptr; thread = thread->next_in_process) {
        thread->add(Work::stop);
        if (thread != &self)
            task::kick(*thread);
    }
}

/// Sleeps until the process continues or ends.
void take_part_in_stop(Thread& self) {
    auto& process = self.process();
    {
        auto tree = pid_space().lock();
        bool last = false;
        {
            auto const handlers = process.handlers();
            auto const signals = handlers->lock();
            if (!process.stop_wanted) {
                self.clear(Work::stop);
                return;
            }
            last = ++process.stopped_threads == process.thread_count;
        }
        if (last)
            report_event(tree, process, Process::Event::stopped, process.stop_signal);
    }
    while (self.has(Work::stop) && !self.has(Work::die)) {
        static_cast<void>(process.continued.wait(
            [&] { return !self.has(Work::stop) || self.has(Work::die) || self.has(Work::trace); },
            ksync::Wait::uninterruptible));
        if (self.has(Work::trace))
            stop_for_tracer(self);
    }
}

bool on_alternate_stack(Thread const& self, UserAddr stack) {
    auto const& alternate = self.alternate_stack;
    return stack.value() > alternate.sp && stack.value() - alternate.sp <= alternate.size;
}

/// Pushes the frame and enters the handler. A stack that cannot be written ends the program.
void run_handler(Thread& self, arch::UserRegisters& registers, Taken const& taken) {
    arch::SignalFrame frame{};
    frame.number = taken.info.signo;
    frame.handler = UserAddr(taken.action.handler);
    if (taken.has(SignalFlag::restorer))
        frame.restorer = UserAddr(taken.action.restorer);
    bool const has_saved_mask = self.has(Work::mask);
    frame.mask = has_saved_mask ? self.saved_mask.bits() : self.blocked.bits();
    copy_bytes(frame.siginfo, object_bytes(taken.info));
    bool const on_alternate = on_alternate_stack(self, registers.stack());
    frame.saved_alternate_sp = self.alternate_stack.sp;
    frame.saved_alternate_size = self.alternate_stack.size;
    frame.saved_alternate_flags = self.alternate_stack.size == 0 ? uapi::ss_disable
                                  : on_alternate                 ? uapi::ss_onstack
                                                                 : 0;
    // sigreturn brings back an automatic disarming with it.
    frame.saved_alternate_flags |=
        static_cast<i32>(static_cast<u32>(self.alternate_stack.flags) & uapi::ss_autodisarm);
    if (taken.has(SignalFlag::on_stack) && !on_alternate && self.alternate_stack.size != 0) {
        frame.alternate_stack = UserAddr(self.alternate_stack.sp);
        frame.alternate_size = self.alternate_stack.size;
    }
    if (!arch::push_signal_frame(self.context(), registers, frame)) {
        // Linux: SIGSEGV, which cannot be handled if it was itself the one to deliver.
        auto info = info_from_kernel(Signal::segv);
        if (taken.signal() == Signal::segv) {
            auto const handlers = self.process().handlers();
            (*handlers->lock())[Signal::segv].handler = uapi::sig_dfl;
        }
        return raise_forced(self, info);
    }
    if ((static_cast<u32>(self.alternate_stack.flags) & uapi::ss_autodisarm) != 0)
        self.alternate_stack = {0, uapi::ss_disable, 0, 0};
    self.clear(Work::mask);
    auto mask = self.blocked | SignalSet(taken.action.mask);
    if (!taken.has(SignalFlag::no_defer))
        mask.add(taken.signal());
    set_blocked(self, mask);
}

/// Restart codes when a handler runs: repeat after it only for SA_RESTART.
void decide_restart(arch::UserRegisters& registers, Taken const& taken) {
    switch (static_cast<Errno>(-registers.result())) {
    case Errno::erestartnointr:
        return registers.restart_system_call();
    case Errno::erestartsys:
        if (taken.has(SignalFlag::restart))
            return registers.restart_system_call();
        break;
    default:
        break;
    }
    registers.set_result(-std::to_underlying(Errno::eintr));
}

/// Restart codes when nothing was handled.
void restart_quietly(arch::UserRegisters& registers) {
    bool const resumes = registers.result() == -std::to_underlying(Errno::erestart_restartblock);
    registers.restart_system_call();
    if (resumes)
        registers.set_result(static_cast<i64>(uapi::Syscall::restart_syscall));
}

void take_default_action(Thread& self, Taken const& taken) {
    Signal const signal = taken.signal();
    auto const action = default_action(signal);
    if (action == DefaultAction::ignore || action == DefaultAction::proceed)
        return;
    bool const forced = synchronous_signals.has(signal) && taken.info.code > 0;
    // PID 1 gets those that it blocked only to take them by sigwait.
    if (!forced && pid_space().lock()->init == &self.process())
        return;
    if (action == DefaultAction::stop)
        return begin_stop(self, signal);
    if (action == DefaultAction::core) {
        log_user_backtrace(self, taken.info);
        return end_with_core(self, taken.info);
    }
    auto tree = pid_space().lock();
    begin_exit(tree, self.process(), Status::killed(signal));
}

void work(Thread& self, arch::UserRegisters& registers) {
    bool restart = self.has(Work::restart);
    self.clear(Work::restart);
    while (true) {
        if (self.has(Work::bug)) {
            self.clear(Work::bug);
            kill_by_bug(self, "what it let go of", self.bug());
        }
        if (self.has(Work::die)) {
            wait_for_core(self);
            exit_thread(self, self.process().exit_status);
        }
        if (self.has(Work::trace)) {
            stop_for_tracer(self);
            continue;
        }
        if (self.has(Work::stop)) {
            take_part_in_stop(self);
            continue;
        }
        if (!self.has(Work::signal))
            break;
        auto const taken = take_next(self);
        if (!taken)
            continue; // Work::signal was recomputed
        if (taken->action.handler == uapi::sig_ign)
            continue;
        if (taken->action.handler == uapi::sig_dfl) {
            take_default_action(self, *taken);
            continue;
        }
        if (restart)
            decide_restart(registers, *taken);
        restart = false;
        run_handler(self, registers, *taken);
    }
    if (restart)
        restart_quietly(registers);
    if (self.has(Work::mask)) {
        self.clear(Work::mask);
        set_blocked(self, self.saved_mask);
    }
}

} // namespace

Result<i64> signal_return(Thread& self, arch::UserRegisters& registers) {
    auto const frame = arch::pop_signal_frame(self.context(), registers);
    if (!frame) {
        raise_forced(self, info_from_kernel(Signal::segv));
        return 0;
    }
    set_blocked(self, SignalSet(frame->mask));
    auto const flags = static_cast<u32>(frame->alternate_flags);
    u32 const disabled = static_cast<u32>(uapi::ss_disable);
    self.alternate_stack = {frame->alternate_sp,
                            static_cast<i32>(flags & (disabled | uapi::ss_autodisarm)), 0,
                            frame->alternate_size};
    if (!frame->intact)
        raise_forced(self, info_from_kernel(Signal::segv));
    return registers.result();
}

} // namespace process

void upcall::before_user(arch::UserRegisters& registers) {
    auto& self = process::Thread::current();
    u32 const depth = arch::preemption_depth();
    constexpr int most_attempts = 8;
    // After a failure the end of the program is what there is to work on.
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        try {
            return process::work(self, registers);
        } catch (std::bad_alloc const&) {
            klog::warn("{task}[{pid}]: no memory to deliver a signal", self.name(), self.id());
            process::force_exit(self, process::Status::killed(process::Signal::kill));
        } catch (ksync::Poisoned const& poisoned) {
            if (!process::kill_by_bug(self, "signals", ksync::PoisonText(poisoned).view()))
                return;
        } catch (KernelBug const& bug) {
            task::recover(depth);
            if (!process::kill_by_bug(self, "signals", bug.what))
                return;
        }
    }
    process::exit_thread(self, self.process().exit_status);
}

bool upcall::work_before_user() {
    return process::Thread::current().has_work();
}
