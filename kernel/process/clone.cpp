// Makes processes and threads: first everything that can fail, then the links that others see.
#include "kernel/process/clone.hpp"

#include "kernel/arch/api/user_copy.hpp"
#include "kernel/process/signals.hpp"
#include "kernel/process/timers.hpp"

#include <algorithm>

namespace process {

namespace {

constexpr CloneFlags operator|(Clone a, Clone b) {
    return CloneFlags(a) | b;
}

/// Namespaces and pidfds are not there.
constexpr CloneFlags refused = Clone::new_mounts | Clone::new_cgroup | Clone::new_uts |
                               Clone::new_ipc | Clone::new_user | Clone::new_pid | Clone::new_net |
                               Clone::into_cgroup | Clone::pidfd;

Result<void> check(CloneFlags flags) {
    if (flags.any(refused))
        return fail(Errno::einval);
    if (flags.has(Clone::thread) && !flags.has(Clone::sighand))
        return fail(Errno::einval);
    if (flags.has(Clone::sighand) && !flags.has(Clone::vm))
        return fail(Errno::einval);
    if (flags.has(Clone::sighand) && flags.has(Clone::clear_sighand))
        return fail(Errno::einval);
    return {};
}

/// RLIMIT_NPROC limits the threads of one user; root is free of it.
Result<void> check_process_limit(Process& process) {
    auto const who = process.credentials();
    if (who->has(vfs::Capability::sys_resource) || who->has(vfs::Capability::sys_admin) ||
        who->uid == Uid{})
        return {};
    u64 const limit = process.soft_limit(uapi::Limit::processes);
    if (pid_space().lock()->users.of(who->uid) >= limit)
        return fail(Errno::eagain);
    return {};
}

Result<Ref<SignalHandlers>> handlers_for(Process& parent, CloneFlags flags) {
    if (flags.has(Clone::sighand))
        return parent.handlers();
    auto handlers = TRY(parent.handlers()->clone());
    if (flags.has(Clone::clear_sighand)) {
        auto actions = handlers->lock();
        actions->reset_handlers();
    }
    return handlers;
}

/// The process of the child: the parent's own for a thread.
Result<Ref<Process>> process_for(Thread& self, CloneRequest const& request, Pid pid,
                                 Ref<mem::AddressSpace> space) {
    auto& parent = self.process();
    if (request.flags.has(Clone::thread))
        return Ref<Process>::share(&parent);
    auto handlers = TRY(handlers_for(parent, request.flags));
    auto child = TRY(try_make_ref<Process>(pid, std::move(handlers)));
    child->set_credentials(parent.credentials());
    child->set_limits(parent);
    child->set_address_space(std::move(space));
    child->set_executable(parent.shared_executable());
    child->set_layout(parent.layout());
    child->exit_signal = request.exit_signal;
    child->no_new_privileges.store(parent.no_new_privileges.load());
    child->keep_capabilities.store(parent.keep_capabilities.load());
    child->dumpable.store(parent.dumpable.load());
    child->personality.store(parent.personality.load());
    child->oom_adjustment.store(parent.oom_adjustment.load());
    return child;
}

void copy_thread_state(Thread& self, Thread& child, CloneRequest const& request) {
    auto const flags = request.flags;
    child.blocked = self.blocked;
    // A new stack in shared memory must not be the one the parent handles signals on.
    if (!flags.has(Clone::vm) || flags.has(Clone::vfork))
        child.alternate_stack = self.alternate_stack;
    if (flags.has(Clone::child_clear_tid))
        child.clear_child_tid = request.child_tid;
    auto policy = self.policy();
    if (self.resets_policy_on_fork.load())
        policy.nice = std::max(policy.nice, 0);
    child.set_policy(policy);
    child.batch.store(self.batch.load());
    child.timer_slack = self.timer_slack;
    child.io_priority.store(self.io_priority.load());
    static_cast<void>(child.set_affinity(self.affinity()));
    auto& context = child.context();
    context.set_tls_base(flags.has(Clone::set_tls) ? request.tls : self.context().tls_base());
    context.set_second_tls_base(self.context().second_tls_base());
}

/// From here on others see the child. Nothing is changed before the last check.
Result<void> link(Thread& self, Thread& child, CloneFlags flags, ReservedPid& pid) {
    auto reference = Ref<Process>::share(&child.process());
    Ref<Group> group;
    auto tree = pid_space().lock();
    auto& parent = self.process();
    if (self.has(Work::die))
        return fail(Errno::eintr);
    // A signal to the whole group must not miss the child: take it first, then fork.
    if (!flags.has(Clone::thread) && self.has(Work::signal)) {
        auto const handlers = parent.handlers();
        auto signals = handlers->lock();
        update_work(signals, self);
        if (self.has(Work::signal))
            return fail(Errno::erestartnointr);
    }
    if (flags.has(Clone::thread) && (parent.exiting || parent.replacing_others != nullptr))
        return fail(Errno::eagain);
    if (flags.has(Clone::parent) && tree->init == &parent)
        return fail(Errno::einval);
    auto& process = child.process();
    pid.keep(tree);
    if (!flags.has(Clone::thread)) {
        auto& above = flags.has(Clone::parent) ? *parent.parent : parent;
        if (flags.has(Clone::parent))
            process.exit_signal = parent.exit_signal;
        process.set_parent(tree, &above);
        push_back(tree->undo, above.children, process);
        process.enter(tree, reference);
        process.counted_as = parent.counted_as;
        group = parent.group;
        join_group(tree, process, group);
    }
    process.link_thread(tree, child);
    if (flags.has(Clone::thread) && parent.stop_wanted)
        child.add(Work::stop);
    return {};
}

/// A child that others see and that does not run yet. Only a bug ends that by taking it out again.
class Unstarted {
public:
    explicit Unstarted(Thread& child) : child_(child) {}

    Unstarted(Unstarted const&) = delete;
    Unstarted& operator=(Unstarted const&) = delete;

    ~Unstarted() {
        persevere([this] {
            if (child_.state() == task::State::fresh) [[unlikely]]
                take_out();
        });
    }

private:
    void take_out() {
        auto& process = child_.process();
        Gone gone;
        auto tree = pid_space().lock_even_poisoned();
        if (tree->thread(child_.id()) != &child_)
            return;
        process.begin_leaving(tree, child_);
        process.unlink_thread(tree, child_);
        if (process.thread_count == 0)
            process.leave(tree, gone);
    }

    Thread& child_;
};

} // namespace

Result<Pid> clone(Thread& self, arch::UserRegisters const& registers, CloneRequest const& request) {
    auto const flags = request.flags;
    TRY(check(flags));
    TRY(check_process_limit(self.process()));
    auto start = registers;
    start.set_result(0);
    if (request.stack != UserAddr()) // noexcept: compared before anything is owned
        start.set_stack(request.stack);
    auto pid = TRY(ReservedPid::take());
    Pid const number = pid.pid();
    auto stack = TRY(mem::KernelStack::allocate("a thread of a program"));
    VirtAddr const stack_top = stack.top();

    auto space = Ref<mem::AddressSpace>::share(self.address_space());
    if (!flags.has(Clone::vm))
        space = TRY(space->clone());
    auto files = self.shared_files();
    if (!flags.has(Clone::files))
        files = TRY(files->clone());
    auto context = self.shared_fs();
    if (!flags.has(Clone::fs))
        context = TRY(context->clone());
    auto process = TRY(process_for(self, request, number, space));
    auto child = TRY(try_make_ref<Thread>(self.name(), std::move(stack), space, number, process,
                                          std::move(files), std::move(context)));

    TRY(child->context().start_user(stack_top, start, &self.context()));
    copy_thread_state(self, *child, request);

    i32 const tid = static_cast<i32>(number);
    TRY(link(self, *child, flags, pid));
    Unstarted const unstarted(*child);
    if (!flags.has(Clone::thread) && process->soft_limit(uapi::Limit::cpu) != uapi::unlimited)
        process->timers().watch_cpu_limit();
    // As on Linux, a bad address here does not undo the child.
    if (flags.has(Clone::parent_set_tid))
        static_cast<void>(arch::copy_to_user(request.parent_tid, object_bytes(tid)));
    if (flags.has(Clone::child_set_tid))
        static_cast<void>(space->copy_out(request.child_tid, object_bytes(tid)));
    child->start();

    if (flags.has(Clone::vfork))
        static_cast<void>(process->memory_released.wait(
            [&] { return process->memory_is_released.load(); }, ksync::Wait::killable));
    return number;
}

} // namespace process
