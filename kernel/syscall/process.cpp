// Making, replacing, ending and awaiting processes: argument checks; kernel/process does the work.
#include "kernel/syscall/process.hpp"

#include "abi/fcntl.hpp"
#include "kernel/process/exec.hpp"
#include "kernel/process/exit.hpp"
#include "kernel/process/signals.hpp"

#include <algorithm>

namespace sys {

namespace {

using process::CloneRequest;
using process::Signal;
using uapi::Clone;
using uapi::WaitOption;

/// clone's flags carry the exit signal in the low byte.
constexpr u64 exit_signal_mask = 0xff;

template <class Walk>
Result<void> execute(Call& call, vfs::Place start, std::string_view path, Walk walk,
                     String shown_path, UserAddr arguments, UserAddr environment) {
    auto& self = call.thread;
    u64 const limit = process::argument_limit(self.process().soft_limit(uapi::Limit::stack));
    process::ExecRequest request;
    request.start = std::move(start);
    request.path = path;
    request.walk = walk;
    request.shown_path = std::move(shown_path);
    request.arguments = TRY(process::Strings::from_user(arguments, limit));
    request.environment =
        TRY(process::Strings::from_user(environment, limit - request.arguments.bytes().size()));
    auto program = TRY(process::load_program(self.caller(), self.process(), std::move(request)));
    return process::execute(self, call.registers, std::move(program));
}

Result<process::WaitFor> wait_for(process::Thread& caller, int which, Pid id,
                                  Flags<WaitOption> options) {
    using Which = process::WaitFor::Which;
    process::WaitFor wanted;
    wanted.id = id;
    wanted.options = options;
    switch (which) {
    case uapi::p_all:
        wanted.which = Which::any;
        return wanted;
    case uapi::p_pid:
        if (static_cast<int>(id) <= 0)
            return fail(Errno::einval);
        wanted.which = Which::process;
        return wanted;
    case uapi::p_pgid:
        if (static_cast<int>(id) < 0)
            return fail(Errno::einval);
        wanted.which = Which::group;
        if (id == Pid{}) {
            auto const tree = process::pid_space().lock();
            wanted.id = caller.process().group->id;
        }
        return wanted;
    default:
        return fail(Errno::einval);
    }
}

Result<std::optional<process::ChildReport>> wait_for_id(process::Thread& caller, int which, Pid id,
                                                        Flags<WaitOption> options) {
    auto const events =
        Flags<WaitOption>(WaitOption::exited) | WaitOption::stopped | WaitOption::continued;
    if (!options.any(events))
        return fail(Errno::einval);
    auto const wanted = TRY(wait_for(caller, which, id, options));
    return process::wait_for_child(caller, wanted);
}

/// What waitid() tells of a child.
uapi::SigInfo info_of(process::ChildReport const& report) {
    uapi::SigInfo info{};
    info.signo = std::to_underlying(Signal::chld);
    info.code = report.code;
    i32 status = report.status.signal();
    if (report.code == uapi::cld_exited || report.code == uapi::cld_stopped)
        status = report.status.exit_code(); // where the signal of a stop lies, too
    else if (report.code == uapi::cld_continued)
        status = std::to_underlying(Signal::cont);
    info.child = {static_cast<i32>(report.pid), static_cast<u32>(report.uid), status, 0, 0, 0};
    return info;
}

} // namespace

Result<Pid> fork(Call& call) {
    return process::clone(call.thread, call.registers, {.exit_signal = Signal::chld});
}

Result<Pid> vfork(Call& call) {
    auto const flags = Flags<Clone>(Clone::vm) | Clone::vfork;
    return process::clone(call.thread, call.registers,
                          {.flags = flags, .exit_signal = Signal::chld});
}

Result<Pid> clone(Call& call, u64 flags_and_signal, UserAddr stack, UserAddr parent_tid,
                  UserAddr child_tid, u64 tls) {
    CloneRequest request;
    request.flags = Flags<Clone>::from_bits(flags_and_signal & 0xffff'ff00);
    request.exit_signal = static_cast<Signal>(flags_and_signal & exit_signal_mask);
    request.stack = stack;
    request.tls = tls;
    request.parent_tid = parent_tid;
    request.child_tid = child_tid;
    return process::clone(call.thread, call.registers, request);
}

Result<Pid> clone3(Call& call, UserAddr arguments, usize size) {
    constexpr usize first_version = 64;
    if (size < first_version)
        return fail(Errno::einval);
    if (size > page_size)
        return fail(Errno::e2big);
    uapi::CloneArguments given{};
    auto const bytes = writable_object_bytes(given);
    usize const known = std::min(size, sizeof given);
    if (arch::copy_from_user(bytes.first(known), arguments) != known)
        return fail(Errno::efault);
    for (usize at = known; at < size; ++at)
        if (TRY(copy_in<u8>(arguments + at)) != 0)
            return fail(Errno::e2big);
    // set_tid needs a way to choose pids; pidfd and cgroup objects are not there.
    if (given.set_tid != 0 || given.set_tid_size != 0 || given.exit_signal > 64 ||
        (given.flags & exit_signal_mask) != 0 || (given.stack == 0) != (given.stack_size == 0))
        return fail(Errno::einval);
    CloneRequest request;
    request.flags = Flags<Clone>::from_bits(given.flags);
    if (request.flags.any(Flags<Clone>(Clone::thread) | Clone::parent) && given.exit_signal != 0)
        return fail(Errno::einval);
    request.exit_signal = static_cast<Signal>(given.exit_signal);
    request.stack = UserAddr(given.stack == 0 ? 0 : given.stack + given.stack_size);
    request.tls = given.tls;
    request.parent_tid = UserAddr(given.parent_tid);
    request.child_tid = UserAddr(given.child_tid);
    return process::clone(call.thread, call.registers, request);
}

Result<void> execve(Call& call, UserPath const& path, UserAddr arguments, UserAddr environment) {
    return execute(call, call.thread.fs().cwd(), path, vfs::Walk::follow_last, String(path.view()),
                   arguments, environment);
}

Result<void> execveat(Call& call, DirFd start, UserPath const& path, UserAddr arguments,
                      UserAddr environment, u32 flags) {
    if ((flags & ~(uapi::at_empty_path | uapi::at_symlink_nofollow)) != 0)
        return fail(Errno::einval);
    vfs::WalkFlags walk;
    if ((flags & uapi::at_symlink_nofollow) == 0)
        walk |= vfs::Walk::follow_last;
    if ((flags & uapi::at_empty_path) != 0)
        walk |= vfs::Walk::empty_path;
    int const number = static_cast<int>(start);
    vfs::Place from = call.thread.fs().cwd();
    bool const relative = !path.view().starts_with('/');
    if (number != uapi::at_fdcwd && relative)
        from = TRY(call.thread.files().find_any(static_cast<Fd>(number)))
    ->place();
    String shown(path.view());
    if (number != uapi::at_fdcwd && relative)
        shown = path.view().empty() ? format("/dev/fd/{}", number)
                                    : format("/dev/fd/{}/{}", number, path.view());
    return execute(call, std::move(from), path, walk, std::move(shown), arguments, environment);
}

void exit(process::Thread& caller, int code) {
    process::exit_thread(caller, process::Status::exited(code));
}

void exit_group(process::Thread& caller, int code) {
    process::exit_process(caller, process::Status::exited(code));
}

Result<Pid> wait4(process::Thread& caller, Pid pid, Out<i32> status, Flags<WaitOption> options,
                  Out<uapi::ResourceUsage> usage) {
    if (options.any(Flags<WaitOption>(WaitOption::exited) | WaitOption::no_wait))
        return fail(Errno::einval);
    options |= WaitOption::exited;
    int const number = static_cast<int>(pid);
    if (number == INT32_MIN)
        return fail(Errno::esrch);
    auto const wanted = number == -1  ? wait_for(caller, uapi::p_all, Pid{}, options)
                        : number <= 0 ? wait_for(caller, uapi::p_pgid, Pid{-number}, options)
                                      : wait_for(caller, uapi::p_pid, pid, options);
    if (!wanted)
        return std::unexpected<Error>(wanted.error());
    auto const report = TRY(process::wait_for_child(caller, *wanted));
    if (!report)
        return Pid{};
    TRY(status.write_if_given(report->status.encoded()));
    TRY(usage.write_if_given(report->usage.abi()));
    return report->pid;
}

Result<void> waitid(process::Thread& caller, int which, Pid id, Out<uapi::SigInfo> info,
                    Flags<WaitOption> options, Out<uapi::ResourceUsage> usage) {
    auto const report = wait_for_id(caller, which, id, options);
    if (report && *report)
        TRY(usage.write_if_given((*report)->usage.abi()));
    // As Linux does, zeros when there is nothing to tell, an error included.
    TRY(info.write_if_given(report && *report ? info_of(**report) : uapi::SigInfo{}));
    return report ? Result<void>() : Result<void>(std::unexpected(report.error()));
}

Pid set_tid_address(process::Thread& caller, UserAddr word) {
    caller.clear_child_tid = word;
    return caller.id();
}

Result<void> set_robust_list(process::Thread& caller, UserAddr head, usize size) {
    if (size != sizeof(uapi::RobustListHead))
        return fail(Errno::einval);
    caller.robust_list = head;
    return {};
}

Result<void> get_robust_list(process::Thread& caller, Pid pid, Out<u64> head, Out<u64> size) {
    auto thread = Ref<process::Thread>::share(&caller);
    if (pid != Pid{})
        thread = process::pid_space().find_thread(pid);
    if (!thread)
        return fail(Errno::esrch);
    if (&thread->process() != &caller.process() &&
        !caller.credentials()->has(vfs::Capability::sys_ptrace))
        return fail(Errno::eperm);
    TRY(size.write(sizeof(uapi::RobustListHead)));
    return head.write(thread->robust_list.value());
}

Result<void> arch_prctl(process::Thread& caller, int option, u64 argument) {
    auto& context = caller.context();
    switch (option) {
    case uapi::arch_set_fs:
    case uapi::arch_set_gs:
        if (argument >= arch::user_end.value())
            return fail(Errno::eperm);
        if (option == uapi::arch_set_fs)
            context.set_tls_base(argument);
        else
            context.set_second_tls_base(argument);
        return {};
    case uapi::arch_get_fs:
        return copy_out(UserAddr(argument), context.tls_base());
    case uapi::arch_get_gs:
        return copy_out(UserAddr(argument), context.second_tls_base());
    default:
        return fail(Errno::einval);
    }
}

} // namespace sys
