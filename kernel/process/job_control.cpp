// Sessions, process groups, and the answers that terminals ask for.
#include "kernel/process/job_control.hpp"

#include "kernel/process/signals.hpp"
#include "kernel/terminal/terminal.hpp"

namespace process {

namespace {

Ref<terminal::Terminal> terminal_of(Session& session) {
    // Safe because only set_controlling_terminal() stores there.
    return Ref<terminal::Terminal>::share(static_cast<terminal::Terminal*>(session.terminal.raw()));
}

class Jobs final : public terminal::JobControl {
public:
    Pid session() override {
        auto const tree = pid_space().lock();
        auto const& group = Process::current().group;
        return group ? group->session->id : Pid{};
    }

    Pid group() override {
        auto const tree = pid_space().lock();
        auto const& group = Process::current().group;
        return group ? group->id : Pid{};
    }

    bool is_session_leader() override { return session() == Process::current().id(); }

    bool blocks_or_ignores(Signal signal) override {
        return process::blocks_or_ignores(Thread::current(), signal);
    }

    bool group_is_orphaned() override {
        auto tree = pid_space().lock();
        auto const& group = Process::current().group;
        return !group || is_orphaned(tree, *group);
    }

    bool group_in_session(Pid group, Pid session) override {
        auto const tree = pid_space().lock();
        auto const* const found = tree->group(group);
        return found != nullptr && found->session->id == session;
    }

    bool is_known(Pid number) override {
        auto const tree = pid_space().lock();
        return tree->process(number) != nullptr || tree->group(number) != nullptr ||
               tree->session(number) != nullptr;
    }

    terminal::FileOwner file_owner() override {
        auto const who = Process::current().credentials();
        return {who->fsuid, who->fsgid};
    }

    bool may_type_for_others() override {
        return Process::current().credentials()->has(vfs::Capability::sys_admin);
    }

    void signal_group(Pid group, Signal signal) override {
        auto tree = pid_space().lock();
        if (auto* const found = tree->group(group))
            send_to_group(tree, *found, info_from_kernel(signal));
    }

    void signal_everybody(Signal signal) override {
        auto tree = pid_space().lock();
        for (auto* at = tree->next_process(Pid{2}); at != nullptr;
             at = tree->next_process(Pid(static_cast<int>(at->id()) + 1)))
            static_cast<void>(send(tree, *at, info_from_kernel(signal)));
    }

    void hang_up(Pid session) override {
        auto tree = pid_space().lock();
        auto const* const found = tree->session(session);
        if (found == nullptr || found->leader == nullptr)
            return;
        auto& leader = *found->leader;
        static_cast<void>(send(tree, leader, info_from_kernel(Signal::hup)));
        static_cast<void>(send(tree, leader, info_from_kernel(Signal::cont)));
    }

    Ref<terminal::Terminal> controlling_terminal() override {
        auto const tree = pid_space().lock();
        auto const& group = Process::current().group;
        return group ? terminal_of(*group->session) : nullptr;
    }

    void set_controlling_terminal(Pid session, Ref<terminal::Terminal> terminal) override {
        Ref<RefCounted> old = std::move(terminal); // the former one is freed without the lock
        auto const tree = pid_space().lock();
        if (auto* const found = tree->session(session))
            found->terminal.exchange(old);
    }
};

constinit Jobs jobs;

/// Whether a process may be moved to `number`: a group of its session, or a new one of its own.
Result<Ref<Group>> target_group(TreeGuard& tree, Process& process, Pid number) {
    auto* const existing = tree->group(number);
    if (existing != nullptr && existing->session == process.group->session)
        return Ref<Group>::share(existing);
    if (number != process.id() || existing != nullptr)
        return fail(Errno::eperm);
    return try_make_ref<Group>(number, process.group->session);
}

} // namespace

bool is_orphaned(TreeGuard& tree, Group& group) {
    for (auto& member : group.members) {
        auto const* const parent = member.parent;
        if (parent == nullptr || member.zombie || parent == tree->init || !parent->group)
            continue;
        if (parent->group.raw() != &group && parent->group->session == group.session)
            return false;
    }
    return true;
}

Result<Pid> start_session(Process& process) {
    auto session = TRY(try_make_ref<Session>(process.id()));
    auto group = TRY(try_make_ref<Group>(process.id(), session));
    auto tree = pid_space().lock();
    if (tree->group(process.id()) != nullptr || tree->session(process.id()) != nullptr)
        return fail(Errno::eperm);
    if (process.group && process.group->session->leader == &process)
        tree->undo.set(process.group->session->leader, static_cast<Process*>(nullptr));
    session->leader = &process;
    join_group(tree, process, group);
    return process.id();
}

Result<void> set_group(Process& caller, Pid target, Pid number) {
    if (static_cast<int>(number == Pid{} ? target : number) < 0)
        return fail(Errno::einval);
    Ref<Group> group; // and then the former one, released without the lock
    auto tree = pid_space().lock();
    auto* const process = target == Pid{} ? &caller : tree->process(target);
    if (process == nullptr || process->zombie || (process != &caller && process->parent != &caller))
        return fail(Errno::esrch);
    if (process != &caller) {
        if (process->group->session != caller.group->session)
            return fail(Errno::eperm);
        if (process->has_execed)
            return fail(Errno::eacces);
    }
    if (process->group->session->leader == process)
        return fail(Errno::eperm);
    group = TRY(target_group(tree, *process, number == Pid{} ? process->id() : number));
    join_group(tree, *process, group);
    return {};
}

void end_session_if_leader(Process& process) {
    Ref<Session> session;
    Ref<terminal::Terminal> terminal;
    {
        auto const tree = pid_space().lock();
        if (!process.group || process.group->session->leader != &process)
            return;
        session = process.group->session;
        terminal = terminal_of(*session);
    }
    // The leader stays it until that is done, so that a bug in it does not leave it undone.
    if (terminal)
        terminal->release_session(session->id);
    Ref<RefCounted> of_session; // freed without the lock
    auto const tree = pid_space().lock();
    session->leader = nullptr;
    session->terminal.exchange(of_session);
}

void initialise_job_control() {
    terminal::register_job_control(jobs);
}

} // namespace process
