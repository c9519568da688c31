// Who traces whom stands in Thread::tracer, under the tree lock; a thread that is to stop has
// Work::trace.
#include "kernel/process/trace.hpp"

#include "kernel/task/scheduler.hpp"

namespace process {

namespace {

/// A thread that the caller's process traces.
Result<Thread*> tracee(TreeGuard& tree, Thread& self, Pid id) {
    auto* const thread = tree->thread(id);
    if (thread == nullptr || thread->tracer != self.process().id())
        return fail(Errno::esrch);
    return thread;
}

Result<Thread*> stopped_tracee(TreeGuard& tree, Thread& self, Pid id) {
    auto* const thread = TRY(tracee(tree, self, id));
    if (!thread->trace_stopped.load())
        return fail(Errno::esrch);
    return thread;
}

void run(Thread& thread) {
    thread.trace_stopped.store(false);
    thread.process().continued.wake_all();
}

void forget(TreeGuard& tree, Thread& thread) {
    tree->undo.set(thread.tracer, Pid{});
    thread.clear(Work::trace);
    run(thread);
}

bool matches(Thread const& thread, WaitFor const& wanted) {
    switch (wanted.which) {
    case WaitFor::Which::any:
        break;
    case WaitFor::Which::process:
        return thread.id() == wanted.id;
    case WaitFor::Which::group:
        return thread.process().group && thread.process().group->id == wanted.id;
    }
    return true;
}

/// Visits the threads that `tracer` traces, until one visit says that it is enough.
template <class Visit>
void for_each_tracee(TreeGuard& tree, Process const& tracer, Visit visit) {
    for (auto* process = tree->next_process(Pid{1}); process != nullptr;
         process = tree->next_process(Pid{static_cast<int>(process->id()) + 1}))
        for (auto* thread = process->first_thread; thread != nullptr;
             thread = thread->next_in_process)
            if (thread->tracer == tracer.id() && visit(*thread))
                return;
}

} // namespace

bool may_inspect(Process& target, vfs::Credentials const& who) {
    auto const credentials = target.credentials();
    bool const same = who.fsuid == credentials->uid && who.fsuid == credentials->euid &&
                      who.fsuid == credentials->suid;
    // One's own credentials are the very same object.
    bool const own = &who == credentials.raw();
    return own || (same && target.dumpable.load()) || who.has(vfs::Capability::sys_ptrace);
}

Result<void> seize(Thread& self, Pid id) {
    auto const who = self.credentials();
    auto tree = pid_space().lock();
    auto* const thread = tree->thread(id);
    if (thread == nullptr)
        return fail(Errno::esrch);
    if (&thread->process() == &self.process() || !may_inspect(thread->process(), *who) ||
        thread->tracer != Pid{})
        return fail(Errno::eperm);
    tree->undo.set(thread->tracer, self.process().id());
    self.process().has_traced.store(true);
    return {};
}

Result<void> stop_tracee(Thread& self, Pid id, StopAs as) {
    auto tree = pid_space().lock();
    auto* const thread = TRY(tracee(tree, self, id));
    if (thread->has(Work::trace) || thread->trace_stopped.load())
        return {}; // it is on its way, or there
    thread->trace_signal = as == StopAs::attach ? Signal::stop : Signal::trap;
    thread->trace_untold = true;
    thread->add(Work::trace);
    task::kick(*thread);
    thread->process().continued.wake_all(); // from a stop by job control into this one
    return {};
}

Result<void> resume_tracee(Thread& self, Pid id) {
    auto tree = pid_space().lock();
    run(*TRY(stopped_tracee(tree, self, id)));
    return {};
}

Result<void> detach(Thread& self, Pid id) {
    auto tree = pid_space().lock();
    forget(tree, *TRY(stopped_tracee(tree, self, id)));
    return {};
}

Result<uapi::UserRegisters> tracee_registers(Thread& self, Pid id) {
    auto tree = pid_space().lock();
    auto* const thread = TRY(stopped_tracee(tree, self, id));
    uapi::UserRegisters registers{};
    read_registers(*thread, registers.words);
    return registers;
}

Result<Ref<mem::AddressSpace>> tracee_memory(Thread& self, Pid id) {
    auto tree = pid_space().lock();
    auto space = TRY(stopped_tracee(tree, self, id))
    ->process().address_space();
    if (!space)
        return fail(Errno::esrch);
    return space;
}

void read_registers(Thread& thread, std::span<u64, 27> into) {
    auto& context = thread.context();
    static_assert(sizeof(arch::UserRegisters) == 21 * sizeof(u64));
    copy_bytes(std::as_writable_bytes(into), object_bytes(context.user_registers()));
    into[21] = context.tls_base();
    into[22] = context.second_tls_base();
}

void stop_for_tracer(Thread& self) {
    auto& process = self.process();
    {
        auto tree = pid_space().lock();
        auto* const tracer = tree->process(self.tracer);
        self.clear(Work::trace);
        if (tracer == nullptr)
            return;
        self.trace_stopped.store(true);
        tracer->child_changed.wake_all();
    }
    static_cast<void>(
        process.continued.wait([&] { return !self.trace_stopped.load() || self.has(Work::die); },
                               ksync::Wait::uninterruptible));
    self.trace_stopped.store(false);
}

std::optional<ChildReport> take_trace_stop(TreeGuard& tree, Process& tracer, WaitFor const& wanted,
                                           bool& any) {
    std::optional<ChildReport> report;
    if (!tracer.has_traced.load())
        return report;
    for_each_tracee(tree, tracer, [&](Thread& thread) {
        if (!matches(thread, wanted))
            return false;
        any = true;
        if (!thread.trace_stopped.load() || !thread.trace_untold)
            return false;
        int const event = thread.trace_signal == Signal::trap ? uapi::ptrace_event_stop : 0;
        report = ChildReport{thread.id(), thread.credentials()->uid,
                             Status::traced(thread.trace_signal, event), uapi::cld_trapped,
                             thread.usage()};
        if (!wanted.options.has(uapi::WaitOption::no_wait))
            thread.trace_untold = false;
        return true;
    });
    return report;
}

void leave_tracer(TreeGuard& tree, Thread& leaving) {
    if (leaving.tracer == Pid{})
        return;
    if (auto* const tracer = tree->process(leaving.tracer))
        tracer->child_changed.wake_all();
    forget(tree, leaving);
}

void detach_all(Process& tracer) {
    if (!tracer.has_traced.load())
        return;
    auto tree = pid_space().lock_even_poisoned();
    for_each_tracee(tree, tracer, [&](Thread& thread) {
        forget(tree, thread);
        tree->keep_changes();
        return false;
    });
}

} // namespace process
