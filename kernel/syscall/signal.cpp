// Signals: argument checks of Linux; kernel/process does the work.
#include "kernel/syscall/signal.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/syscall/time.hpp"
#include "kernel/task/scheduler.hpp"

namespace sys {

namespace {

using process::SignalSet;
using process::TreeGuard;

/// What Linux keeps of a struct sigaction's flags; the rest is cleared, so that it can be seen.
constexpr u64 known_flags = [] {
    using uapi::SignalFlag;
    u64 all = 0;
    for (auto const flag :
         {SignalFlag::no_child_stop, SignalFlag::no_child_wait, SignalFlag::siginfo,
          SignalFlag::expose_tag_bits, SignalFlag::restorer, SignalFlag::on_stack,
          SignalFlag::restart, SignalFlag::no_defer, SignalFlag::reset_hand})
        all |= std::to_underlying(flag);
    return all;
}();

Result<void> check_set_size(usize size) {
    if (size != sizeof(u64))
        return fail(Errno::einval);
    return {};
}

/// 0 is allowed where a call only asks whether it could send.
Result<void> check_number(Signal signal) {
    int const number = std::to_underlying(signal);
    if (number < 0 || number > uapi::signal_count)
        return fail(Errno::einval);
    return {};
}

Result<void> send_checked(TreeGuard& tree, process::Process& from, process::Process& to,
                          Signal signal) {
    TRY(process::may_signal(tree, from, to, std::to_underlying(signal)));
    if (signal == Signal{})
        return {};
    return process::send(tree, to, process::info_from(from, signal));
}

/// EPERM only if no member could be signalled.
Result<void> send_to_members(TreeGuard& tree, process::Process& from, process::Group& group,
                             Signal signal) {
    bool sent = false;
    Result<void> last = fail(Errno::esrch);
    for (auto& member : group.members) {
        auto const result = send_checked(tree, from, member, signal);
        sent |= result.has_value();
        if (!result)
            last = result;
    }
    return sent ? Result<void>() : last;
}

/// kill(-1): everybody but init and the caller.
Result<void> send_to_all(TreeGuard& tree, process::Process& from, Signal signal) {
    usize found = 0;
    Result<void> last = {};
    for (auto* at = tree->next_process(Pid{2}); at != nullptr;
         at = tree->next_process(Pid(static_cast<int>(at->id()) + 1))) {
        if (at == &from)
            continue;
        ++found;
        auto const result = send_checked(tree, from, *at, signal);
        if (!result && result.error() != Errno::eperm)
            last = result;
    }
    if (found == 0)
        return fail(Errno::esrch);
    return last;
}

Result<void> send_to_one(process::Thread& caller, Pid group, Pid number, Signal signal,
                         uapi::SigInfo const& info) {
    if (static_cast<int>(number) <= 0)
        return fail(Errno::einval);
    TRY(check_number(signal));
    auto tree = process::pid_space().lock();
    auto* const thread = tree->thread(number);
    if (thread == nullptr || (group != Pid{} && thread->process().id() != group))
        return fail(Errno::esrch);
    TRY(process::may_signal(tree, caller.process(), thread->process(), std::to_underlying(signal)));
    if (signal == Signal{})
        return {};
    return process::send_to_thread(tree, *thread, info);
}

/// A program may not pretend that the kernel or kill(2) sent its signal to somebody else.
Result<uapi::SigInfo> checked_info(process::Thread& caller, Pid target, Signal signal,
                                   uapi::SigInfo info) {
    if ((info.code >= 0 || info.code == uapi::si_tkill) && caller.process().id() != target)
        return fail(Errno::eperm);
    info.signo = std::to_underlying(signal);
    return info;
}

} // namespace

Result<void> rt_sigaction(process::Thread& caller, Signal signal,
                          OptionalIn<uapi::SigAction> const& action, Out<uapi::SigAction> old,
                          usize size) {
    TRY(check_set_size(size));
    bool const fixed = signal == Signal::kill || signal == Signal::stop;
    if (!process::is_valid_signal(std::to_underlying(signal)) || (action && fixed))
        return fail(Errno::einval);
    uapi::SigAction before;
    {
        auto const handlers = caller.process().handlers();
        auto tree = process::pid_space().lock();
        auto actions = handlers->lock();
        before = (*actions)[signal];
        if (action) {
            auto after = *action;
            after.flags &= known_flags;
            after.mask = SignalSet(after.mask).without(process::unblockable).bits();
            (*actions)[signal] = after;
            // POSIX: a pending signal that becomes ignored is discarded, blocked or not.
            if (actions->ignores(signal)) {
                auto& process = caller.process();
                process.pending.drop({signal});
                for (auto* thread = process.first_thread; thread != nullptr;
                     thread = thread->next_in_process)
                    thread->pending.drop({signal});
            }
        }
    }
    return old.write_if_given(before);
}

Result<void> rt_sigprocmask(process::Thread& caller, u32 how, OptionalIn<u64> const& set,
                            Out<u64> old, usize size) {
    TRY(check_set_size(size));
    auto const before = process::blocked(caller);
    if (set) {
        auto const change = SignalSet(*set);
        switch (how) {
        case uapi::sig_block:
            process::set_blocked(caller, before | change);
            break;
        case uapi::sig_unblock:
            process::set_blocked(caller, before.without(change));
            break;
        case uapi::sig_setmask:
            process::set_blocked(caller, change);
            break;
        default:
            return fail(Errno::einval);
        }
    }
    return old.write_if_given(before.bits());
}

Result<i64> rt_sigreturn(Call& call) {
    return process::signal_return(call.thread, call.registers);
}

Result<void> rt_sigpending(process::Thread& caller, Out<u64> set, usize size) {
    if (size > sizeof(u64))
        return fail(Errno::einval);
    auto const handlers = caller.process().handlers();
    u64 bits = 0;
    {
        auto const signals = handlers->lock();
        bits = ((caller.pending.set() | caller.process().pending.set()) & caller.blocked).bits();
    }
    return set.write(bits);
}

Result<i32> rt_sigtimedwait(process::Thread& caller, In<u64> const& set, Out<uapi::SigInfo> info,
                            OptionalIn<uapi::timespec> const& timeout, usize size) {
    TRY(check_set_size(size));
    auto deadline = Nanoseconds::never();
    if (timeout)
        deadline = arch::now() + TRY(duration_of(*timeout));
    auto const taken = TRY(process::wait_for_signal(caller, SignalSet(*set), deadline));
    TRY(info.write_if_given(taken));
    return taken.signo;
}

Result<void> rt_sigqueueinfo(process::Thread& caller, Pid pid, Signal signal,
                             In<uapi::SigInfo> const& info) {
    auto const checked = TRY(checked_info(caller, pid, signal, *info));
    TRY(check_number(signal));
    auto tree = process::pid_space().lock();
    auto* const to = tree->process(pid);
    if (to == nullptr)
        return fail(Errno::esrch);
    TRY(process::may_signal(tree, caller.process(), *to, std::to_underlying(signal)));
    if (signal == Signal{})
        return {};
    return process::send(tree, *to, checked);
}

Result<void> rt_tgsigqueueinfo(process::Thread& caller, Pid group, Pid thread, Signal signal,
                               In<uapi::SigInfo> const& info) {
    if (static_cast<int>(group) <= 0)
        return fail(Errno::einval);
    auto const checked = TRY(checked_info(caller, group, signal, *info));
    return send_to_one(caller, group, thread, signal, checked);
}

Result<void> rt_sigsuspend(process::Thread& caller, In<u64> const& set, usize size) {
    TRY(check_set_size(size));
    process::set_temporary_mask(caller, SignalSet(*set));
    static_cast<void>(task::sleep_until(Nanoseconds::never()));
    process::end_temporary_mask(caller, true);
    return fail(Errno::erestartnohand);
}

Result<void> sigaltstack(Call& call, OptionalIn<uapi::SignalStack> const& stack,
                         Out<uapi::SignalStack> old) {
    auto& current = call.thread.alternate_stack;
    u64 const at = call.registers.stack().value();
    bool const in_use = current.size != 0 && at > current.sp && at - current.sp <= current.size;
    auto before = current;
    before.flags = current.size == 0 ? uapi::ss_disable : in_use ? uapi::ss_onstack : 0;
    before.flags |= static_cast<i32>(static_cast<u32>(current.flags) & uapi::ss_autodisarm);
    if (stack) {
        if (in_use)
            return fail(Errno::eperm);
        auto wanted = *stack;
        wanted.pad = 0;
        u32 const mode = static_cast<u32>(wanted.flags) & ~uapi::ss_autodisarm;
        if (mode != static_cast<u32>(uapi::ss_disable) &&
            mode != static_cast<u32>(uapi::ss_onstack) && mode != 0)
            return fail(Errno::einval);
        if (mode == static_cast<u32>(uapi::ss_disable))
            wanted = {0, wanted.flags, 0, 0};
        else if (wanted.size < uapi::minimum_signal_stack)
            return fail(Errno::enomem);
        current = wanted;
    }
    return old.write_if_given(before);
}

Result<void> kill(process::Thread& caller, Pid pid, Signal signal) {
    TRY(check_number(signal));
    auto& from = caller.process();
    int const number = static_cast<int>(pid);
    auto tree = process::pid_space().lock();
    if (number == -1)
        return send_to_all(tree, from, signal);
    if (number == INT32_MIN)
        return fail(Errno::esrch);
    if (number <= 0) {
        auto* const group = number == 0 ? from.group.raw() : tree->group(Pid{-number});
        if (group == nullptr)
            return fail(Errno::esrch);
        return send_to_members(tree, from, *group, signal);
    }
    auto* to = tree->process(pid);
    // A thread's number names its process, too.
    if (auto* const thread = tree->thread(pid); to == nullptr && thread != nullptr)
        to = &thread->process();
    if (to == nullptr)
        return fail(Errno::esrch);
    return send_checked(tree, from, *to, signal);
}

Result<void> tkill(process::Thread& caller, Pid thread, Signal signal) {
    return send_to_one(caller, Pid{}, thread, signal,
                       process::info_from(caller.process(), signal, uapi::si_tkill));
}

Result<void> tgkill(process::Thread& caller, Pid group, Pid thread, Signal signal) {
    if (static_cast<int>(group) <= 0)
        return fail(Errno::einval);
    return send_to_one(caller, group, thread, signal,
                       process::info_from(caller.process(), signal, uapi::si_tkill));
}

Result<void> pause(process::Thread&) {
    static_cast<void>(task::sleep_until(Nanoseconds::never()));
    return fail(Errno::erestartnohand);
}

Result<i64> restart_syscall(process::Thread& caller) {
    auto const restart = std::exchange(caller.restart, {});
    if (restart.resume == nullptr)
        return fail(Errno::eintr);
    return restart.resume(caller, restart);
}

} // namespace sys
