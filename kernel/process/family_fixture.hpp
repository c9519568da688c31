// Fixture of host tests: a family of processes whose threads exist but never run.
#pragma once

#include "kernel/mem/memory_fixture.hpp"
#include "kernel/process/exit.hpp"
#include "kernel/process/job_control.hpp"
#include "kernel/process/signals.hpp"
#include "kernel/process/wait.hpp"

namespace process {

/// A small family: init with children. Threads exist but never run.
class Family : public FreshMemory {
protected:
    struct Member {
        Ref<Process> process;
        Ref<Thread> thread;
    };

    Family() {
        auto session = make_ref<Session>(Pid{});
        init_ = add(nullptr, make_ref<Group>(Pid{}, session));
        pid_space().lock()->init = init_.process.raw();
    }

    ~Family() override {
        Gone gone;
        auto tree = pid_space().lock();
        while (!all_.empty()) {
            auto& member = all_.back();
            if (member.thread && member.process->thread_count != 0)
                member.process->unlink_thread(tree, *member.thread);
            if (tree->process(member.process->id()) == member.process.raw())
                member.process->leave(tree, gone);
            all_.pop_back();
        }
        tree->init = nullptr;
    }

    Member add(Process* parent, Ref<Group> group) {
        auto pid = std::move(*ReservedPid::take());
        auto process = make_ref<Process>(pid.pid(), make_ref<SignalHandlers>());
        process->set_credentials(make_ref<vfs::Credentials>());
        auto thread =
            make_ref<Thread>("test", std::move(*mem::KernelStack::allocate("test")), nullptr,
                             pid.pid(), process, make_ref<Descriptors>(), nullptr);
        auto reference = process;
        auto tree = pid_space().lock();
        pid.keep(tree);
        process->set_parent(tree, parent);
        if (parent != nullptr)
            push_back(tree->undo, parent->children, *process);
        process->enter(tree, reference);
        join_group(tree, *process, group);
        process->link_thread(tree, *thread);
        all_.push_back({process, thread});
        return all_.back();
    }

    Member child() { return add(init_.process.raw(), init_.process->group); }

    /// As the last thread's end leaves it.
    void end(Member& member, Status status) {
        auto tree = pid_space().lock();
        member.process->unlink_thread(tree, *member.thread);
        member.process->zombie = true;
        member.process->status = status;
    }

    void set_action(Member& member, Signal signal, u64 handler) {
        auto actions = member.process->handlers()->lock();
        (*actions)[signal].handler = handler;
    }

    static Result<void> send_to(Member& member, Signal signal, i32 code = uapi::si_user) {
        uapi::SigInfo info{};
        info.signo = std::to_underlying(signal);
        info.code = code;
        auto tree = pid_space().lock();
        return send(tree, *member.process, info);
    }

    Result<std::optional<ChildReport>> wait_now(u32 more = 0) {
        WaitFor wanted;
        wanted.options = Flags<uapi::WaitOption>::from_bits(
            std::to_underlying(uapi::WaitOption::exited) |
            std::to_underlying(uapi::WaitOption::no_hang) | more);
        return wait_for_child(*init_.thread, wanted);
    }

    Member init_;
    Vector<Member> all_;
};

} // namespace process
