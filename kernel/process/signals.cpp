// Sending signals: who may, what is dropped, who takes it, and what acts at once.
#include "kernel/process/signals.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/log/log.hpp"
#include "kernel/process/timers.hpp"
#include "kernel/task/scheduler.hpp"

namespace process {

namespace {

bool is_init(TreeGuard& tree, Process& process) {
    return tree->init == &process;
}

/// Whether the thread would take the signal now.
bool takes(Thread& thread, Signal signal) {
    if (signal == Signal::kill)
        return !thread.has(Work::die);
    // What is stopped takes nothing else before it continues, what ends takes nothing at all.
    return !thread.blocked.has(signal) && !thread.has(Work::die) && !thread.process().stop_wanted &&
           !thread.process().exiting;
}

void interrupt(Thread& thread) {
    thread.add(Work::signal);
    task::kick(thread);
}

/// The first thread if it can, as Linux prefers, else any that can.
Thread* choose_thread(Process& process, Signal signal) {
    for (auto* thread = process.first_thread; thread != nullptr; thread = thread->next_in_process)
        if (takes(*thread, signal) || thread->waited_for.has(signal))
            return thread;
    return nullptr;
}

/// Whether the signal has no effect at all. A blocked one stays pending: the program may install a
/// handler before it unblocks.
bool is_dropped(TreeGuard& tree, Actions const& actions, Process& process, bool blocked,
                Signal signal) {
    if (blocked)
        return false;
    // Linux protects PID 1 from signals it has no handler for, SIGKILL included.
    return actions.ignores(signal) ||
           (is_init(tree, process) && actions[signal].handler == uapi::sig_dfl);
}

/// What the mere sending of a stop or continue signal does. Returns whether the process had been
/// stopped and now runs.
bool act_at_once(Process& process, Signal signal) {
    SignalSet const cancelled = signal == Signal::cont ? stop_signals : SignalSet{Signal::cont};
    if (signal != Signal::cont && !stop_signals.has(signal))
        return false;
    process.pending.drop(cancelled);
    for (auto* thread = process.first_thread; thread != nullptr; thread = thread->next_in_process)
        thread->pending.drop(cancelled);
    if (signal != Signal::cont || !process.stop_wanted)
        return false;
    bool const was_stopped = process.stopped_threads == process.thread_count;
    process.stop_wanted = false;
    process.stopped_threads = 0;
    for (auto* thread = process.first_thread; thread != nullptr; thread = thread->next_in_process) {
        thread->clear(Work::stop);
        thread->add(Work::signal); // what came while it was stopped
    }
    return was_stopped;
}

/// Whether nothing but the end of the process can come of it, so that all threads may die now. What
/// may leave a core dump is for the thread that takes it.
bool is_fatal(Actions const& actions, Process& process, Thread* target, Signal signal) {
    if (signal == Signal::kill)
        return true;
    return target != nullptr && actions[signal].handler == uapi::sig_dfl &&
           default_action(signal) == DefaultAction::terminate && !process.exiting &&
           !target->waited_for.has(signal) && !target->blocked.has(signal);
}

void begin_exit_locked(SignalGuard&, Process& process, Status status) {
    if (!process.exiting) {
        process.exiting = true;
        process.exit_status = status;
    }
    for (auto* thread = process.first_thread; thread != nullptr; thread = thread->next_in_process) {
        thread->add(Work::die);
        task::kick(*thread);
    }
    process.continued.wake_all();
}

/// `only`: to this thread, else to the process.
Result<void> deliver_to(TreeGuard& tree, Process& process, Thread* only,
                        uapi::SigInfo const& info) {
    auto const signal = static_cast<Signal>(info.signo);
    Box<QueuedSignal> details;
    if (auto made = try_make<QueuedSignal>(info))
        details = std::move(*made);
    else if (info.code == uapi::si_queue)
        return fail(Errno::eagain);

    u64 const most_queued = process.soft_limit(uapi::Limit::pending_signals);
    auto const handlers = process.handlers();
    bool continued = false;
    {
        auto signals = handlers->lock();
        if (process.zombie || process.thread_count == 0)
            return {};
        continued = act_at_once(process, signal);
        auto& queue = only != nullptr ? only->pending : process.pending;
        Thread* const target = only != nullptr ? only : choose_thread(process, signal);
        bool const held = only != nullptr ? only->blocked.has(signal)
                                          : target == nullptr || target->blocked.has(signal);
        if (is_fatal(*signals, process, target, signal) && !is_init(tree, process))
            begin_exit_locked(signals, process, Status::killed(signal));
        else if (!is_dropped(tree, *signals, process, held, signal) && !queue.merges(signal)) {
            if (is_realtime(signal) && queue.queued() >= most_queued) {
                if (info.code == uapi::si_queue)
                    return fail(Errno::eagain);
                details = nullptr;
            }
            queue.add(signal, std::move(details));
            if (target != nullptr && (takes(*target, signal) || target->waited_for.has(signal)))
                interrupt(*target);
        }
    }
    if (continued) {
        process.continued.wake_all();
        report_event(tree, process, Process::Event::continued, signal);
    } else if (signal == Signal::cont)
        process.continued.wake_all();
    return {};
}

} // namespace

uapi::SigInfo info_from(Process& sender, Signal signal, i32 code) {
    auto const user = static_cast<u32>(sender.credentials()->uid);
    uapi::SigInfo info{};
    info.signo = std::to_underlying(signal);
    info.code = code;
    info.sender = {static_cast<i32>(sender.id()), user, 0};
    return info;
}

uapi::SigInfo info_from_kernel(Signal signal) {
    uapi::SigInfo info{};
    info.signo = std::to_underlying(signal);
    info.code = uapi::si_kernel;
    return info;
}

Result<void> send(TreeGuard& tree, Process& to, uapi::SigInfo const& info) {
    return deliver_to(tree, to, nullptr, info);
}

Result<void> send_to_thread(TreeGuard& tree, Thread& to, uapi::SigInfo const& info) {
    return deliver_to(tree, to.process(), &to, info);
}

void send_to_group(TreeGuard& tree, Group& to, uapi::SigInfo const& info) {
    for (auto& member : to.members)
        static_cast<void>(send(tree, member, info));
}

Result<void> may_signal(TreeGuard&, Process& sender, Process& to, int signal) {
    auto const from = sender.credentials();
    auto const target = to.credentials();
    if (&sender == &to || from->has(vfs::Capability::kill) || from->euid == target->suid ||
        from->euid == target->uid || from->uid == target->suid || from->uid == target->uid)
        return {};
    if (signal == std::to_underlying(Signal::cont) && sender.group && to.group &&
        sender.group->session == to.group->session)
        return {};
    return fail(Errno::eperm);
}

void begin_exit(TreeGuard&, Process& process, Status status) {
    auto const handlers = process.handlers();
    auto signals = handlers->lock();
    begin_exit_locked(signals, process, status);
}

void force_exit(Thread& self, Status status) noexcept {
    try {
        auto tree = pid_space().lock_even_poisoned();
        auto const handlers = self.process().handlers();
        auto signals = handlers->lock_even_poisoned();
        begin_exit_locked(signals, self.process(), status);
    } catch (...) {
        self.add(Work::die);
    }
}

namespace {

/// A program that faults all the time must not fill the log.
bool may_log() {
    constexpr auto window = Nanoseconds::seconds(5);
    constexpr u32 most = 10; // in a window
    static constinit Atomic<i64> window_start{0};
    static constinit Atomic<u32> count{0};
    i64 const now = arch::now().count();
    if (now - window_start.load() > window.count()) {
        window_start.store(now);
        count.store(0);
    }
    return count.fetch_add(1) < most;
}

void log_fatal(Thread& self, uapi::SigInfo const& info) {
    if (!may_log())
        return;
    auto const& registers = self.context().user_registers();
    klog::info("{task}[{pid}]: {signal} at {address:x} ip {instruction:x} sp {stack:x}",
               self.name(), self.id(), signal_name(static_cast<Signal>(info.signo)),
               info.fault.address, registers.instruction().value(), registers.stack().value());
}

} // namespace

void raise_forced(Thread& self, uapi::SigInfo const& info) {
    auto const signal = static_cast<Signal>(info.signo);
    Box<QueuedSignal> details;
    if (auto made = try_make<QueuedSignal>(info))
        details = std::move(*made);
    auto const handlers = self.process().handlers();
    auto actions = handlers->lock();
    bool const cannot_handle =
        self.blocked.has(signal) || (*actions)[signal].handler == uapi::sig_ign;
    if (cannot_handle)
        (*actions)[signal].handler = uapi::sig_dfl;
    if ((*actions)[signal].handler == uapi::sig_dfl)
        log_fatal(self, info);
    self.blocked.remove(signal);
    if (!self.pending.merges(signal))
        self.pending.add(signal, std::move(details));
    self.add(Work::signal);
}

void raise(Thread& self, Signal signal) {
    auto tree = pid_space().lock();
    static_cast<void>(send_to_thread(tree, self, info_from(self.process(), signal)));
}

void update_work(SignalGuard&, Thread& thread) {
    auto const ready =
        (thread.pending.set() | thread.process().pending.set()).without(thread.blocked);
    if (ready.empty())
        thread.clear(Work::signal);
    else
        thread.add(Work::signal);
}

SignalSet blocked(Thread& self) {
    return self.blocked; // nobody else changes it
}

void set_blocked(Thread& self, SignalSet mask) {
    mask = mask.without(unblockable);
    auto& process = self.process();
    auto const handlers = process.handlers();
    SignalSet handed_over;
    {
        auto signals = handlers->lock();
        handed_over = process.pending.set() & mask.without(self.blocked);
        self.blocked = mask;
        update_work(signals, self);
    }
    if (handed_over.empty())
        return;
    // Somebody else must take what was meant for this thread.
    auto tree = pid_space().lock();
    auto signals = handlers->lock();
    for (auto* thread = process.first_thread; thread != nullptr; thread = thread->next_in_process)
        if (thread != &self && !handed_over.without(thread->blocked).empty())
            interrupt(*thread);
}

void set_temporary_mask(Thread& self, SignalSet mask) {
    self.saved_mask = self.blocked;
    set_blocked(self, mask);
}

void end_temporary_mask(Thread& self, bool was_interrupted) {
    if (was_interrupted)
        self.add(Work::mask); // a handler must run with the temporary mask first
    else
        set_blocked(self, self.saved_mask);
}

std::optional<uapi::SigInfo> take_signal(Thread& self, SignalSet wanted) {
    auto const handlers = self.process().handlers();
    auto signals = handlers->lock();
    auto taken = self.pending.take(wanted);
    if (!taken)
        taken = self.process().pending.take(wanted);
    update_work(signals, self);
    signals.unlock();
    if (taken)
        settle_overrun(self.process(), *taken);
    return taken;
}

Result<uapi::SigInfo> wait_for_signal(Thread& self, SignalSet wanted, Nanoseconds deadline) {
    wanted = wanted.without(unblockable);
    if (auto const info = take_signal(self, wanted))
        return *info;
    auto const handlers = self.process().handlers();
    {
        auto signals = handlers->lock();
        self.waited_for = wanted;
        // What came between the look and this line must end the sleep.
        if (!((self.pending.set() | self.process().pending.set()) & wanted).empty())
            self.add(Work::signal);
    }
    auto const slept = task::sleep_until(deadline);
    {
        auto signals = handlers->lock();
        self.waited_for = {};
    }
    if (auto const info = take_signal(self, wanted))
        return *info;
    return fail(slept ? Errno::eagain : Errno::eintr);
}

bool blocks_or_ignores(Thread& self, Signal signal) {
    auto const handlers = self.process().handlers();
    auto signals = handlers->lock();
    return self.blocked.has(signal) || signals->ignores(signal);
}

void report_event(TreeGuard& tree, Process& child, Process::Event event, Signal signal) {
    child.event = event;
    child.event_signal = signal;
    auto* const parent = child.parent;
    if (parent == nullptr)
        return;
    bool wanted = false;
    {
        auto const handlers = parent->handlers();
        auto const signals = handlers->lock();
        wanted = !signals->has_flag(Signal::chld, uapi::SignalFlag::no_child_stop) &&
                 (*signals)[Signal::chld].handler != uapi::sig_ign;
    }
    if (wanted) {
        uapi::SigInfo info{};
        info.signo = std::to_underlying(Signal::chld);
        info.code = event == Process::Event::stopped ? uapi::cld_stopped : uapi::cld_continued;
        info.child = {static_cast<i32>(child.id()),
                      static_cast<u32>(child.credentials()->uid),
                      std::to_underlying(signal),
                      0,
                      0,
                      0};
        static_cast<void>(send(tree, *parent, info));
    }
    parent->child_changed.wake_all();
}

} // namespace process
