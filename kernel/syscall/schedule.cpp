// Affinity, policies and nice values.
#include "kernel/syscall/schedule.hpp"

#include "kernel/process/signals.hpp"
#include "kernel/task/scheduler.hpp"

#include <algorithm>

namespace sys {

namespace {

constexpr i32 policy_other = 0, policy_fifo = 1, policy_rr = 2, policy_batch = 3, policy_idle = 5,
              policy_deadline = 6;
constexpr i32 reset_on_fork = 0x4000'0000;
constexpr i32 of_process = 0, of_group = 1, of_user = 2;

Result<Ref<process::Thread>> named(process::Thread& caller, Pid pid) {
    if (static_cast<int>(pid) < 0)
        return fail(Errno::einval);
    if (pid == Pid{})
        return Ref<process::Thread>::share(&caller);
    auto thread = process::pid_space().find_thread(pid);
    if (!thread)
        return fail(Errno::esrch);
    return thread;
}

Result<void> may_change(process::Thread& caller, process::Process& target) {
    auto const who = caller.credentials();
    auto const other = target.credentials();
    if (who->has(vfs::Capability::sys_nice) || who->euid == other->uid || who->euid == other->euid)
        return {};
    return fail(Errno::eperm);
}

/// Real-time policies are not there; the fair ones have no priority but 0.
Result<void> check_policy(i32 policy, i32 priority) {
    if ((policy != policy_other && policy != policy_batch && policy != policy_idle) ||
        priority != 0)
        return fail(Errno::einval);
    return {};
}

/// Every thread that `which` and `who` name; ESRCH when there is none.
template <class Visit>
Result<void> for_each_named(process::Thread& caller, i32 which, i32 who, Visit visit) {
    if (which < of_process || which > of_user)
        return fail(Errno::einval);
    bool any = false;
    auto tree = process::pid_space().lock();
    auto const visit_all = [&](process::Process& process) {
        for (auto* thread = process.first_thread; thread != nullptr;
             thread = thread->next_in_process) {
            any = true;
            visit(*thread);
        }
    };
    if (which == of_process) {
        auto* const thread = who == 0 ? &caller : tree->thread(Pid{who});
        if (thread != nullptr) {
            any = true;
            visit(*thread);
        }
    } else
        for (auto* at = tree->next_process(Pid{1}); at != nullptr;
             at = tree->next_process(Pid(static_cast<int>(at->id()) + 1))) {
            auto const group = who == 0 ? caller.process().group->id : Pid{who};
            auto const user = who == 0 ? caller.credentials()->uid : Uid(static_cast<u32>(who));
            bool const matches = which == of_group ? at->group && at->group->id == group
                                                   : at->credentials()->uid == user;
            if (matches)
                visit_all(*at);
        }
    return any ? Result<void>() : fail(Errno::esrch);
}

/// A null pointer is EINVAL here, not EFAULT.
Result<i32> priority_at(UserAddr parameters) {
    if (parameters == UserAddr())
        return fail(Errno::einval);
    return copy_in<i32>(parameters);
}

} // namespace

void sched_yield() {
    task::yield();
}

Result<i32> sched_getaffinity(process::Thread& caller, Pid pid, u32 size, UserAddr mask) {
    if (size < sizeof(u64) || size % sizeof(u64) != 0)
        return fail(Errno::einval);
    auto const thread = TRY(named(caller, pid));
    u64 online = arch::cpu_count() >= 64 ? ~u64{0} : (u64{1} << arch::cpu_count()) - 1;
    u64 const bits = thread->affinity().to_ullong() & online;
    TRY(copy_out(mask, bits));
    return static_cast<i32>(sizeof bits);
}

Result<void> sched_setaffinity(process::Thread& caller, Pid pid, u32 size, UserAddr mask) {
    u64 bits = 0;
    usize const wanted = std::min<usize>(size, sizeof bits);
    UserSource source(mask, wanted);
    if (TRY(source.read(writable_object_bytes(bits).first(wanted))) != wanted)
        return fail(Errno::efault);
    auto const thread = TRY(named(caller, pid));
    TRY(may_change(caller, thread->process()));
    return thread->set_affinity(task::CpuSet(bits));
}

Result<i32> sched_getscheduler(process::Thread& caller, Pid pid) {
    auto const thread = TRY(named(caller, pid));
    i32 const policy = thread->policy().idle  ? policy_idle
                       : thread->batch.load() ? policy_batch
                                              : policy_other;
    return policy | (thread->resets_policy_on_fork.load() ? reset_on_fork : 0);
}

Result<void> sched_setscheduler(process::Thread& caller, Pid pid, i32 policy, UserAddr parameters) {
    i32 const priority = TRY(priority_at(parameters));
    TRY(check_policy(policy & ~reset_on_fork, priority));
    auto const thread = TRY(named(caller, pid));
    TRY(may_change(caller, thread->process()));
    auto now = thread->policy();
    now.idle = (policy & ~reset_on_fork) == policy_idle;
    thread->set_policy(now);
    thread->batch.store((policy & ~reset_on_fork) == policy_batch);
    thread->resets_policy_on_fork.store((policy & reset_on_fork) != 0);
    return {};
}

Result<void> sched_getparam(process::Thread& caller, Pid pid, UserAddr parameters) {
    if (parameters == UserAddr())
        return fail(Errno::einval);
    TRY(named(caller, pid));
    return copy_out(parameters, i32{0});
}

Result<void> sched_setparam(process::Thread& caller, Pid pid, UserAddr parameters) {
    i32 const priority = TRY(priority_at(parameters));
    TRY(named(caller, pid));
    return check_policy(policy_other, priority);
}

Result<i32> sched_get_priority_max(i32 policy) {
    constexpr i32 highest_realtime = 99;
    if (policy == policy_fifo || policy == policy_rr)
        return highest_realtime;
    if (policy == policy_deadline)
        return 0;
    TRY(check_policy(policy, 0));
    return 0;
}

Result<i32> sched_get_priority_min(i32 policy) {
    return TRY(sched_get_priority_max(policy))
    == 0 ? 0 : 1;
}

Result<uapi::timespec> sched_rr_get_interval(process::Thread& caller, Pid pid) {
    TRY(named(caller, pid));
    constexpr i64 slice = 3'000'000;
    return uapi::timespec{0, slice};
}

/// The result is 20 - nice, so that it is never negative.
Result<i32> getpriority(process::Thread& caller, i32 which, i32 who) {
    constexpr i32 base = 20;
    i32 best = 0;
    TRY(for_each_named(caller, which, who, [&](process::Thread& thread) {
        best = std::max(best, base - thread.policy().nice);
    }));
    return best;
}

Result<void> setpriority(process::Thread& caller, i32 which, i32 who, i32 nice) {
    nice = std::clamp(nice, -20, 19);
    Result<void> last = {};
    TRY(for_each_named(caller, which, who, [&](process::Thread& thread) {
        if (auto const allowed = may_change(caller, thread.process()); !allowed) {
            last = allowed;
            return;
        }
        auto policy = thread.policy();
        u64 const floor = thread.process().soft_limit(uapi::Limit::nice);
        bool const raises = nice < policy.nice && 20 - static_cast<i64>(floor) > nice;
        if (raises && !caller.credentials()->has(vfs::Capability::sys_nice)) {
            last = fail(Errno::eacces);
            return;
        }
        policy.nice = nice;
        thread.set_policy(policy);
    }));
    return last;
}

/// The best of the threads named, as Linux does; 0 is "none set". `which` counts from 1.
Result<u32> ioprio_get(process::Thread& caller, i32 which, i32 who) {
    u32 best = 0;
    TRY(for_each_named(caller, which - 1, who, [&](process::Thread& thread) {
        u32 const priority = thread.io_priority.load();
        if (best == 0 || (priority != 0 && priority < best))
            best = priority;
    }));
    return best;
}

/// Kept and shown; there is no disk whose queue it could order.
Result<void> ioprio_set(process::Thread& caller, i32 which, i32 who, u32 priority) {
    constexpr u32 class_shift = 13, realtime = 1, idle = 3, levels = 8;
    u32 const kind = priority >> class_shift;
    u32 const data = priority & ((1u << class_shift) - 1);
    // Linux 6.1 looks at the lowest bits of a level only.
    if (kind > idle || (kind == 0 && data % levels != 0))
        return fail(Errno::einval);
    if (kind == realtime && !caller.credentials()->has(vfs::Capability::sys_admin))
        return fail(Errno::eperm);
    Result<void> last = {};
    TRY(for_each_named(caller, which - 1, who, [&](process::Thread& thread) {
        if (auto const allowed = may_change(caller, thread.process()); !allowed)
            last = allowed;
        else
            thread.io_priority.store(priority);
    }));
    return last;
}

Result<void> getcpu(Out<u32> cpu, Out<u32> node) {
    TRY(cpu.write_if_given(static_cast<u32>(arch::cpu_index())));
    return node.write_if_given(0);
}

} // namespace sys
