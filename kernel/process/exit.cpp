// How threads and processes end, and who hears of it.
#include "kernel/process/exit.hpp"

#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/api/user_copy.hpp"
#include "kernel/log/log.hpp"
#include "kernel/process/futex.hpp"
#include "kernel/process/job_control.hpp"
#include "kernel/process/signals.hpp"
#include "kernel/process/timers.hpp"
#include "kernel/process/trace.hpp"
#include "kernel/task/containment.hpp"

namespace process {

namespace {

constinit Atomic<EndOfInit> end_of_init{EndOfInit::panic};

/// A step of an end, which takes up where it was. A bug that stops it makes it begin again, with
/// the tree as it was before; what fails every time costs what the step would have released, never
/// the steps after it. Not inlined: the caller's locks stay.
[[gnu::noinline]] bool end_step(Thread& self, void (*step)(void*), void* argument) noexcept {
    constexpr int most_attempts = 3;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        try {
            step(argument);
            return true;
        } catch (...) {
            task::recover(0);
            klog::error("{task}[{pid}]: a step of its end failed", self.name(), self.id());
        }
    }
    return false;
}

template <class Step>
bool end_step(Thread& self, Step step) {
    return end_step(self, [](void* argument) { (*static_cast<Step*>(argument))(); }, &step);
}

/// The machine lives as long as PID 1.
void finish_machine(Status status) {
    int const code = status.is_exit() ? status.exit_code() : 128 + status.signal();
    char text[96];
    BufferSink sink(text);
    if (end_of_init.load() == EndOfInit::report) {
        format_to(sink, "exit {}\n", code);
        arch::report_write(sink.text());
        arch::exit_emulator(0x10);
        klog::emergency("init ended with status {status}, and nobody listens", code);
        arch::power_off();
    }
    format_to(sink, "Attempted to kill init! exitcode=0x{:08x}{}",
              static_cast<u32>(status.encoded()), '\0');
    upcall::fatal(text, nullptr);
}

/// Who adopts the children of a process that ends: its nearest living subreaper, else init.
Process& adopter_of(TreeGuard& tree, Process& process) {
    for (auto* at = process.parent; at != nullptr; at = at->parent)
        if (at->subreaper && !at->zombie && at->live_threads.load() != 0)
            return *at;
    return *tree->init;
}

/// Whether the parent wants no zombie: SIGCHLD is ignored, or SA_NOCLDWAIT is set.
bool parent_ignores_end(Process& parent, Signal signal) {
    auto const signals = parent.handlers()->lock();
    return signal == Signal::chld &&
           ((*signals)[Signal::chld].handler == uapi::sig_ign ||
            signals->has_flag(Signal::chld, uapi::SignalFlag::no_child_wait));
}

i64 to_ticks(Nanoseconds time) {
    return time.count() / (1'000'000'000 / uapi::ticks_per_second);
}

uapi::SigInfo end_info(TreeGuard& tree, Process& child) {
    uapi::SigInfo info{};
    info.signo = std::to_underlying(child.exit_signal);
    info.code = child.status.child_code();
    auto const usage = child.usage(tree);
    info.child = {static_cast<i32>(child.id()),
                  static_cast<u32>(child.credentials()->uid),
                  child.status.is_exit() ? child.status.exit_code() : child.status.signal(),
                  0,
                  to_ticks(usage.user),
                  to_ticks(usage.system)};
    return info;
}

/// Tells the parent of a zombie. Reaps it when nobody will wait for it.
void report_end(TreeGuard& tree, Process& child, Gone& gone) {
    auto& parent = *child.parent;
    parent.child_changed.wake_all(); // it looks when the tree is unlocked
    bool const unwanted = parent_ignores_end(parent, child.exit_signal);
    if (is_valid_signal(std::to_underlying(child.exit_signal)))
        static_cast<void>(send(tree, parent, end_info(tree, child)));
    if (unwanted)
        reap(tree, child, gone);
}

bool has_stopped_member(Group& group) {
    for (auto& member : group.members)
        if (member.stop_wanted && member.stopped_threads == member.thread_count)
            return true;
    return false;
}

/// POSIX: a group that becomes orphaned with stopped members gets SIGHUP and SIGCONT.
void release_if_orphaned(TreeGuard& tree, Group& group) {
    if (!is_orphaned(tree, group) || !has_stopped_member(group))
        return;
    send_to_group(tree, group, info_from_kernel(Signal::hup));
    send_to_group(tree, group, info_from_kernel(Signal::cont));
}

/// Before the process becomes a zombie, which somebody may reap at once. Nobody lets it adopt
/// others now, as it has no living thread.
void give_children_away(Process& process) {
    Gone gone;
    auto tree = pid_space().lock_even_poisoned();
    auto& undo = tree->undo;
    auto& adopter = adopter_of(tree, process);
    while (auto* const child = process.children.first()) {
        erase(undo, process.children, *child);
        child->set_parent(tree, &adopter);
        push_back(undo, adopter.children, *child);
        undo.set(child->exit_signal, Signal::chld);
        if (is_valid_signal(std::to_underlying(child->parent_death_signal)))
            static_cast<void>(send(tree, *child, info_from_kernel(child->parent_death_signal)));
        auto* const group = child->group.raw();
        if (child->zombie)
            report_end(tree, *child, gone);
        else if (group != nullptr && group != process.group.raw() &&
                 group->session == (process.group ? process.group->session : nullptr))
            release_if_orphaned(tree, *group);
        tree->keep_changes();
    }
}

/// The last thread is gone.
void become_zombie(TreeGuard& tree, Process& process, Gone& gone) {
    auto& undo = tree->undo;
    if (process.exiting)
        undo.set(process.status, process.exit_status);
    undo.set(process.zombie, true);
    process.event = Process::Event::none;
    if (process.parent != nullptr && process.group && process.parent->group &&
        process.parent->group != process.group &&
        process.parent->group->session == process.group->session)
        release_if_orphaned(tree, *process.group);
    report_end(tree, process, gone);
}

/// A stop in progress waits for one thread less.
void leave_stop(TreeGuard& tree, Process& process) {
    bool complete = false;
    {
        auto const signals = process.handlers()->lock();
        complete = process.stop_wanted && !process.exiting && process.thread_count != 0 &&
                   process.stopped_threads == process.thread_count;
    }
    if (complete)
        report_event(tree, process, Process::Event::stopped, process.stop_signal);
}

/// Signals meant for this thread are for the others now.
void hand_over_signals(Process& process) {
    for (auto* thread = process.first_thread; thread != nullptr; thread = thread->next_in_process) {
        thread->add(Work::signal);
        task::kick(*thread);
    }
}

void unlink(Thread& self, Status status, u64 most_resident) {
    auto& process = self.process();
    auto usage = self.usage();
    usage.most_resident = most_resident;
    Gone gone;
    auto tree = pid_space().lock_even_poisoned();
    if (tree->thread(self.id()) != &self)
        return; // done by an attempt that a bug stopped later
    tree->undo.save_words(process.dead_threads);
    process.dead_threads.add(usage);
    if (self.id() == process.id() || process.thread_count == 1)
        tree->undo.set(process.status, status);
    leave_tracer(tree, self);
    process.unlink_thread(tree, self);
    if (process.thread_count == 0)
        become_zombie(tree, process, gone);
    else {
        leave_stop(tree, process);
        if (!process.exiting && !process.pending.set().empty())
            hand_over_signals(process);
    }
    process.threads_changed.wake_all();
}

/// What the end of a thread takes along.
struct Leaving {
    bool process = false;  ///< it is the last thread
    bool machine = false;  ///< of PID 1
    bool children = false; ///< there are some to give away
};

Leaving begin_leaving(Thread& self) {
    auto& process = self.process();
    auto tree = pid_space().lock_even_poisoned();
    bool const last = process.begin_leaving(tree, self);
    return {last, last && tree->init == &process, last && !process.children.empty()};
}

/// What the last thread does.
u64 release_process(Thread& self, Leaving leaving) {
    auto& process = self.process();
    u64 most_resident = 0;
    if (auto* const timers = process.timers_if_any())
        end_step(self, [&] { timers->cancel_all(); });
    end_step(self, [&] { detach_all(process); });
    end_step(self, [&] { end_session_if_leader(process); });
    end_step(self, [&] {
        if (auto* const space = self.address_space())
            most_resident = space->use().peak_resident;
    });
    end_step(self, [&] {
        process.set_executable({});
        process.set_address_space({});
        wake_vfork_parent(process);
    });
    if (leaving.children)
        end_step(self, [&] { give_children_away(process); });
    return most_resident;
}

void leave(Thread& self, Status status) {
    end_step(self, [&] { release_memory_duties(self); });
    Leaving leaving;
    end_step(self, [&] { leaving = begin_leaving(self); });
    if (leaving.machine)
        finish_machine(self.process().exiting ? self.process().exit_status : status);
    end_step(self, [&] {
        self.set_files({});
        self.set_fs({});
    });
    u64 most_resident = 0;
    if (leaving.process)
        most_resident = release_process(self, leaving);
    end_step(self, [&] { self.set_address_space({}); });
    if (!end_step(self, [&] { unlink(self, status, most_resident); }))
        self.retain(); // others find it for ever
}

} // namespace

void set_end_of_init(EndOfInit how) {
    end_of_init.store(how);
}

void wake_vfork_parent(Process& process) {
    process.memory_is_released.store(true);
    process.memory_released.wake_all();
}

void release_memory_duties(Thread& self) {
    release_robust_futexes(self);
    auto const word = std::exchange(self.clear_child_tid, UserAddr());
    if (word == UserAddr() || self.address_space() == nullptr)
        return;
    // Linux does so only while others use the memory; nobody else could tell.
    u32 const zero = 0;
    if (arch::copy_to_user(word, object_bytes(zero)) == sizeof zero)
        wake_futex(self, word, 1);
}

void reap(TreeGuard& tree, Process& zombie, Gone& gone) {
    if (zombie.parent != nullptr) {
        auto& sum = zombie.parent->reaped_children;
        tree->undo.save_words(sum);
        sum.add(zombie.dead_threads);
        sum.add(zombie.reaped_children);
    }
    zombie.leave(tree, gone);
}

void exit_thread(Thread& self, Status status) {
    end_step(self, [&] { leave(self, status); });
    task::Thread::exit();
}

void exit_process(Thread& self, Status status) {
    {
        auto tree = pid_space().lock();
        begin_exit(tree, self.process(), status);
    }
    exit_thread(self, self.process().exit_status);
}

} // namespace process
