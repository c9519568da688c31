// The machine's names, state and end; resource limits.
#include "kernel/syscall/system.hpp"

#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/log/log.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/process/system_name.hpp"
#include "kernel/process/timers.hpp"
#include "kernel/random/random.hpp"
#include "kernel/task/scheduler.hpp"

#include <algorithm>

namespace sys {

namespace {

constexpr u32 query_personality = 0xffff'ffff;

template <usize size>
void set_text(char (&to)[size], std::string_view text) {
    std::ranges::copy(text.substr(0, size - 1), to);
}

Result<void> set_name(process::Thread& caller, UserSource& from, void (*store)(std::string_view)) {
    if (!caller.credentials()->has(vfs::Capability::sys_admin))
        return fail(Errno::eperm);
    usize const size = from.left();
    if (size > process::longest_host_name)
        return fail(Errno::einval);
    char text[process::longest_host_name];
    auto const bytes = std::as_writable_bytes(std::span(text)).first(size);
    if (TRY(from.read(bytes)) != size)
        return fail(Errno::efault);
    store({text, size});
    return {};
}

Result<void> check_limit(process::Thread& caller, uapi::Limit which, uapi::ResourceLimit const& old,
                         uapi::ResourceLimit const& wanted) {
    if (wanted.soft > wanted.hard)
        return fail(Errno::einval);
    if (wanted.hard > old.hard && !caller.credentials()->has(vfs::Capability::sys_resource))
        return fail(Errno::eperm);
    if (which == uapi::Limit::open_files && wanted.hard > process::Descriptors::most)
        return fail(Errno::eperm);
    return {};
}

void apply_memory_limits(process::Process& process) {
    if (auto const space = process.address_space())
        space->set_limits(process.soft_limit(uapi::Limit::address_space),
                          process.soft_limit(uapi::Limit::stack),
                          process.soft_limit(uapi::Limit::data));
}

Result<uapi::ResourceLimit> exchange_limit(process::Thread& caller, process::Process& process,
                                           u32 which, std::optional<uapi::ResourceLimit> wanted) {
    if (which >= uapi::limit_count)
        return fail(Errno::einval);
    auto const limit = static_cast<uapi::Limit>(which);
    auto const old = process.limit(limit);
    if (wanted) {
        TRY(check_limit(caller, limit, old, *wanted));
        process.set_limit(limit, *wanted);
        apply_memory_limits(process);
        if (limit == uapi::Limit::cpu)
            process.timers().watch_cpu_limit();
    }
    return old;
}

} // namespace

uapi::SystemName uname() {
    uapi::SystemName name{};
    set_text(name.system, process::system_name);
    set_text(name.node, process::host_name());
    set_text(name.release, process::system_release);
    set_text(name.version, process::system_version);
    set_text(name.machine, process::machine_name);
    set_text(name.domain, process::domain_name());
    return name;
}

Result<void> sethostname(process::Thread& caller, UserSource name) {
    return set_name(caller, name, process::set_host_name);
}

Result<void> setdomainname(process::Thread& caller, UserSource name) {
    return set_name(caller, name, process::set_domain_name);
}

uapi::SystemInformation sysinfo() {
    uapi::SystemInformation info{};
    auto const frames = mem::frame_statistics();
    auto const load = task::load_average();
    info.uptime = arch::now().count() / 1'000'000'000;
    info.loads[0] = load.one;
    info.loads[1] = load.five;
    info.loads[2] = load.fifteen;
    info.total = static_cast<u64>(frames.total) * page_size;
    info.free = static_cast<u64>(frames.free) * page_size;
    info.processes = static_cast<u16>(process::pid_space().lock()->threads());
    info.unit = 1;
    return info;
}

Result<usize> getrandom(UserSink into, u32 flags) {
    constexpr u32 known = 7, random = 2, insecure = 4;
    constexpr usize most = 0x1ff'ffff;
    if ((flags & ~known) != 0 || (flags & (random | insecure)) == (random | insecure))
        return fail(Errno::einval);
    std::byte chunk[256];
    usize done = 0;
    while (into.left() != 0 && done < most) {
        usize const size = std::min(into.left(), sizeof chunk);
        rng::fill(Bytes(chunk).first(size));
        auto const wrote = into.write(ConstBytes(chunk).first(size));
        if (!wrote && done == 0)
            return wrote;
        if (!wrote)
            break;
        done += *wrote;
        if (*wrote != size)
            break;
    }
    return done;
}

Result<i64> reboot(process::Thread& caller, u32 magic, u32 second_magic, u32 command) {
    constexpr u32 first = 0xfee1dead;
    constexpr u32 seconds[] = {672274793, 85072278, 369367448, 537993216};
    constexpr u32 restart = 0x01234567, halt = 0xcdef0123, power_off = 0x4321fedc,
                  cad_on = 0x89abcdef, cad_off = 0;
    if (!caller.credentials()->has(vfs::Capability::sys_boot))
        return fail(Errno::eperm);
    if (magic != first || std::ranges::find(seconds, second_magic) == std::end(seconds))
        return fail(Errno::einval);
    switch (command) {
    case restart:
        klog::emergency("reboot: Restarting system");
        arch::report_write("reboot\n");
        arch::reboot();
    case halt:
        klog::emergency("reboot: System halted");
        arch::report_write("halt\n");
        arch::stop_other_cpus();
        arch::halt();
    case power_off:
        klog::emergency("reboot: Power down");
        arch::report_write("poweroff\n");
        arch::power_off();
    case cad_on:
    case cad_off:
        return 0; // no keyboard sends Ctrl-Alt-Del here
    default:
        return fail(Errno::einval);
    }
}

Result<uapi::ResourceLimit> getrlimit(process::Thread& caller, u32 which) {
    return exchange_limit(caller, caller.process(), which, std::nullopt);
}

Result<void> setrlimit(process::Thread& caller, u32 which, In<uapi::ResourceLimit> const& limit) {
    TRY(exchange_limit(caller, caller.process(), which, *limit));
    return {};
}

Result<void> prlimit64(process::Thread& caller, Pid pid, u32 which,
                       OptionalIn<uapi::ResourceLimit> const& limit, Out<uapi::ResourceLimit> old) {
    auto target = Ref<process::Process>::share(&caller.process());
    if (pid != Pid{})
        target = process::pid_space().find_process(pid);
    if (!target)
        return fail(Errno::esrch);
    auto const who = caller.credentials();
    auto const other = target->credentials();
    bool const same = who->uid == other->euid && who->uid == other->suid &&
                      who->uid == other->uid && who->gid == other->egid &&
                      who->gid == other->sgid && who->gid == other->gid;
    if (target.raw() != &caller.process() && !same && !who->has(vfs::Capability::sys_resource))
        return fail(Errno::eperm);
    return old.write_if_given(TRY(exchange_limit(caller, *target, which, limit.optional())));
}

Result<u32> personality(process::Thread& caller, u32 persona) {
    auto& process = caller.process();
    if (persona == query_personality)
        return process.personality.load();
    if (persona != 0) // only PER_LINUX: the others change what system calls mean
        return fail(Errno::einval);
    return process.personality.exchange(persona);
}

} // namespace sys
