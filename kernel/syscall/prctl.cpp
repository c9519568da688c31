// prctl(2): the operations that programs of the first release use.
#include "kernel/syscall/process.hpp"

namespace sys {

namespace {

using process::Signal;

Result<i64> set_name(process::Thread& caller, u64 address) {
    char name[16] = {};
    Slice<char> const view(name);
    for (usize i = 0; i < sizeof name - 1; ++i) {
        char const character = TRY(copy_in<char>(UserAddr(address + i)));
        if (character == '\0')
            break;
        view[i] = character;
    }
    caller.set_name(name);
    return 0;
}

Result<i64> name_to(process::Thread& caller, u64 address) {
    char name[16] = {};
    auto const text = caller.name();
    copy_bytes(std::as_writable_bytes(std::span(name)), bytes_of(text));
    if (arch::copy_to_user(UserAddr(address), std::as_bytes(std::span(name))) != sizeof name)
        return fail(Errno::efault);
    return 0;
}

Result<i64> flag_to(u64 address, bool value) {
    TRY(copy_out(UserAddr(address), i32{value}));
    return 0;
}

Result<i64> drop_from_bounding_set(process::Thread& caller, u64 capability) {
    if (!caller.credentials()->has(vfs::Capability::setpcap))
        return fail(Errno::eperm);
    if (capability > 40)
        return fail(Errno::einval);
    auto fresh = TRY(try_make_ref<vfs::Credentials>(*caller.credentials()));
    fresh->bounding = vfs::CapabilitySet(fresh->bounding.bits() & ~(u64{1} << capability));
    caller.process().set_credentials(std::move(fresh));
    return 0;
}

/// There are none: they can be asked for and cleared, but not raised.
Result<i64> ambient_capabilities(u64 operation, u64 capability, u64 third, u64 fourth) {
    if (third != 0 || fourth != 0 || capability > 40)
        return fail(Errno::einval);
    switch (operation) {
    case uapi::pr_cap_ambient_clear_all:
        return capability == 0 ? Result<i64>(0) : fail(Errno::einval);
    case uapi::pr_cap_ambient_is_set:
    case uapi::pr_cap_ambient_lower:
        return 0;
    case uapi::pr_cap_ambient_raise:
        return fail(Errno::eperm);
    default:
        return fail(Errno::einval);
    }
}

} // namespace

Result<i64> prctl(process::Thread& caller, int option, u64 first, u64 second, u64 third,
                  u64 fourth) {
    auto& process = caller.process();
    bool const rest_zero = second == 0 && third == 0 && fourth == 0;
    switch (option) {
    case uapi::pr_set_pdeathsig: {
        if (first > 64)
            return fail(Errno::einval);
        auto const tree = process::pid_space().lock();
        process.parent_death_signal = static_cast<Signal>(first);
        return 0;
    }
    case uapi::pr_get_pdeathsig:
        TRY(copy_out(UserAddr(first), std::to_underlying(process.parent_death_signal)));
        return 0;
    case uapi::pr_get_dumpable:
        return process.dumpable.load() ? 1 : 0;
    case uapi::pr_set_dumpable:
        if (first > 1)
            return fail(Errno::einval);
        process.dumpable.store(first == 1);
        return 0;
    case uapi::pr_get_keepcaps:
        return process.keep_capabilities.load() ? 1 : 0;
    case uapi::pr_set_keepcaps:
        if (first > 1)
            return fail(Errno::einval);
        process.keep_capabilities.store(first == 1);
        return 0;
    case uapi::pr_set_name:
        return set_name(caller, first);
    case uapi::pr_get_name:
        return name_to(caller, first);
    case uapi::pr_get_seccomp:
        return 0;
    case uapi::pr_capbset_read:
        if (first > 40)
            return fail(Errno::einval);
        return (caller.credentials()->bounding.bits() >> first) & 1;
    case uapi::pr_capbset_drop:
        return drop_from_bounding_set(caller, first);
    case uapi::pr_set_timerslack:
        // A permission to be late, which timers here make no use of.
        caller.timer_slack = static_cast<i64>(first) <= 0 ? process::default_timer_slack : first;
        return 0;
    case uapi::pr_get_timerslack:
        return static_cast<i64>(caller.timer_slack);
    case uapi::pr_get_timing:
    case uapi::pr_get_securebits:
        return 0;
    case uapi::pr_get_thp_disable:
        return first == 0 && rest_zero ? Result<i64>(0) : fail(Errno::einval);
    case uapi::pr_get_tsc:
        TRY(copy_out(UserAddr(first), uapi::pr_tsc_enable));
        return 0;
    case uapi::pr_get_speculation_ctrl:
        return fail(rest_zero ? Errno::enodev : Errno::einval);
    case uapi::pr_cap_ambient:
        return ambient_capabilities(first, second, third, fourth);
    case uapi::pr_set_child_subreaper: {
        auto const tree = process::pid_space().lock();
        process.subreaper = first != 0;
        return 0;
    }
    case uapi::pr_get_child_subreaper:
        return flag_to(first, process.subreaper);
    case uapi::pr_set_no_new_privs:
        if (first != 1 || !rest_zero)
            return fail(Errno::einval);
        process.no_new_privileges.store(true);
        return 0;
    case uapi::pr_get_no_new_privs:
        if (first != 0 || !rest_zero)
            return fail(Errno::einval);
        return process.no_new_privileges.load() ? 1 : 0;
    case uapi::pr_get_tid_address:
        TRY(copy_out(UserAddr(first), caller.clear_child_tid.value()));
        return 0;
    default:
        return fail(Errno::einval);
    }
}

} // namespace sys
