// Ids of processes, groups and sessions.
#include "kernel/syscall/identity.hpp"

#include "kernel/process/job_control.hpp"

namespace sys {

namespace {

/// A process for calls that take "0 is the caller".
Result<process::Process*> named(process::TreeGuard& tree, process::Thread& caller, Pid pid) {
    if (pid == Pid{})
        return &caller.process();
    auto* found = tree->process(pid);
    if (auto* const thread = tree->thread(pid); found == nullptr && thread != nullptr)
        found = &thread->process();
    if (found == nullptr || !found->group)
        return fail(Errno::esrch);
    return found;
}

} // namespace

Pid getpid(process::Thread& caller) {
    return caller.process().id();
}

Pid gettid(process::Thread& caller) {
    return caller.id();
}

Pid getppid(process::Thread& caller) {
    return caller.process().parent_id.load(MemoryOrder::relaxed);
}

Result<Pid> getpgid(process::Thread& caller, Pid pid) {
    auto tree = process::pid_space().lock();
    return TRY(named(tree, caller, pid))
    ->group->id;
}

Result<Pid> getpgrp(process::Thread& caller) {
    return getpgid(caller, Pid{});
}

Result<Pid> getsid(process::Thread& caller, Pid pid) {
    auto tree = process::pid_space().lock();
    return TRY(named(tree, caller, pid))
    ->group->session->id;
}

Result<Pid> setsid(process::Thread& caller) {
    return process::start_session(caller.process());
}

Result<void> setpgid(process::Thread& caller, Pid pid, Pid group) {
    return process::set_group(caller.process(), pid, group);
}

} // namespace sys
