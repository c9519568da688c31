// Every system call, in number order. This is the whole dispatch table; nothing is generated.
#include "kernel/syscall/table.hpp"

#include "kernel/syscall/futex.hpp"
#include "kernel/syscall/identity.hpp"
#include "kernel/syscall/memory.hpp"
#include "kernel/syscall/process.hpp"
#include "kernel/syscall/schedule.hpp"
#include "kernel/syscall/signal.hpp"
#include "kernel/syscall/system.hpp"
#include "kernel/syscall/time.hpp"

#include <iterator>

namespace sys {

namespace {

// Families of files: kernel/syscall/{file,directory,...}.cpp.
constexpr Row rows[] = {
    {Syscall::mmap, entry<mmap>, "MAP_HUGETLB fails; MAP_LOCKED populates"},
    {Syscall::mprotect, entry<mprotect>},
    {Syscall::munmap, entry<munmap>},
    {Syscall::brk, entry<brk>},
    {Syscall::rt_sigaction, entry<rt_sigaction>},
    {Syscall::rt_sigprocmask, entry<rt_sigprocmask>},
    {Syscall::rt_sigreturn, entry<rt_sigreturn>},
    {Syscall::sched_yield, entry<sched_yield>},
    {Syscall::mremap, entry<mremap>, "MREMAP_DONTUNMAP is refused"},
    {Syscall::msync, entry<msync>},
    {Syscall::madvise, entry<madvise>, "advice that changes what fork copies is refused"},
    {Syscall::pause, entry<pause>},
    {Syscall::nanosleep, entry<nanosleep>},
    {Syscall::getitimer, entry<getitimer, To<1>>},
    {Syscall::alarm, entry<alarm>},
    {Syscall::setitimer, entry<setitimer>},
    {Syscall::getpid, entry<getpid>},
    {Syscall::clone, entry<clone>, "no namespaces, no pidfds"},
    {Syscall::fork, entry<fork>},
    {Syscall::vfork, entry<vfork>},
    {Syscall::execve, entry<execve>},
    {Syscall::exit, entry<exit>},
    {Syscall::wait4, entry<wait4>},
    {Syscall::kill, entry<kill>},
    {Syscall::uname, entry<uname, To<0>>},
    {Syscall::gettimeofday, entry<gettimeofday>},
    {Syscall::getrlimit, entry<getrlimit, To<1>>},
    {Syscall::getrusage, entry<getrusage, To<1>>},
    {Syscall::sysinfo, entry<sysinfo, To<0>>},
    {Syscall::times, entry<times>},
    {Syscall::getuid, entry<getuid>},
    {Syscall::syslog, entry<syslog>},
    {Syscall::getgid, entry<getgid>},
    {Syscall::setuid, entry<setuid>},
    {Syscall::setgid, entry<setgid>},
    {Syscall::geteuid, entry<geteuid>},
    {Syscall::getegid, entry<getegid>},
    {Syscall::setpgid, entry<setpgid>},
    {Syscall::getppid, entry<getppid>},
    {Syscall::getpgrp, entry<getpgrp>},
    {Syscall::setsid, entry<setsid>},
    {Syscall::setreuid, entry<setreuid>},
    {Syscall::setregid, entry<setregid>},
    {Syscall::getgroups, entry<getgroups>},
    {Syscall::setgroups, entry<setgroups>},
    {Syscall::setresuid, entry<setresuid>},
    {Syscall::getresuid, entry<getresuid>},
    {Syscall::setresgid, entry<setresgid>},
    {Syscall::getresgid, entry<getresgid>},
    {Syscall::getpgid, entry<getpgid>},
    {Syscall::setfsuid, entry<setfsuid>},
    {Syscall::setfsgid, entry<setfsgid>},
    {Syscall::getsid, entry<getsid>},
    {Syscall::capget, entry<capget>},
    {Syscall::capset, entry<capset>},
    {Syscall::rt_sigpending, entry<rt_sigpending>},
    {Syscall::rt_sigtimedwait, entry<rt_sigtimedwait>},
    {Syscall::rt_sigqueueinfo, entry<rt_sigqueueinfo>},
    {Syscall::rt_sigsuspend, entry<rt_sigsuspend>},
    {Syscall::sigaltstack, entry<sigaltstack>},
    {Syscall::personality, entry<personality>, "only PER_LINUX"},
    {Syscall::getpriority, entry<getpriority>},
    {Syscall::setpriority, entry<setpriority>},
    {Syscall::sched_setparam, entry<sched_setparam>, "no real-time policies"},
    {Syscall::sched_getparam, entry<sched_getparam, To<1>>},
    {Syscall::sched_setscheduler, entry<sched_setscheduler>, "no real-time policies"},
    {Syscall::sched_getscheduler, entry<sched_getscheduler>},
    {Syscall::sched_get_priority_max, entry<sched_get_priority_max>},
    {Syscall::sched_get_priority_min, entry<sched_get_priority_min>},
    {Syscall::sched_rr_get_interval, entry<sched_rr_get_interval, To<1>>},
    {Syscall::mlock, entry<mlock>, "brings in; nothing is ever paged out"},
    {Syscall::munlock, entry<munlock>},
    {Syscall::prctl, entry<prctl>, "what libcs and shells use"},
    {Syscall::arch_prctl, entry<arch_prctl>, "FS and GS bases"},
    {Syscall::setrlimit, entry<setrlimit>},
    {Syscall::settimeofday, entry<settimeofday>, "the time zone is ignored"},
    {Syscall::reboot, entry<reboot>, "no kexec, no suspend"},
    {Syscall::sethostname, entry<sethostname>},
    {Syscall::setdomainname, entry<setdomainname>},
    {Syscall::gettid, entry<gettid>},
    {Syscall::tkill, entry<tkill>},
    {Syscall::time, entry<time>},
    {Syscall::futex, entry<futex>, "no priority inheritance"},
    {Syscall::sched_setaffinity, entry<sched_setaffinity>},
    {Syscall::sched_getaffinity, entry<sched_getaffinity>},
    {Syscall::set_tid_address, entry<set_tid_address>},
    {Syscall::restart_syscall, entry<restart_syscall>},
    {Syscall::timer_create, entry<timer_create, To<2>>},
    {Syscall::timer_settime, entry<timer_settime>},
    {Syscall::timer_gettime, entry<timer_gettime, To<1>>},
    {Syscall::timer_getoverrun, entry<timer_getoverrun>},
    {Syscall::timer_delete, entry<timer_delete>},
    {Syscall::clock_settime, entry<clock_settime>},
    {Syscall::clock_gettime, entry<clock_gettime, To<1>>},
    {Syscall::clock_getres, entry<clock_getres, ToIfGiven<1>>},
    {Syscall::clock_nanosleep, entry<clock_nanosleep>, "no CPU-time clocks"},
    {Syscall::exit_group, entry<exit_group>},
    {Syscall::tgkill, entry<tgkill>},
    {Syscall::waitid, entry<waitid>},
    {Syscall::set_robust_list, entry<set_robust_list>},
    {Syscall::get_robust_list, entry<get_robust_list>},
    {Syscall::rt_tgsigqueueinfo, entry<rt_tgsigqueueinfo>},
    {Syscall::prlimit64, entry<prlimit64>},
    {Syscall::getcpu, entry<getcpu>},
    {Syscall::getrandom, entry<getrandom>},
    {Syscall::execveat, entry<execveat>},
    {Syscall::clone3, entry<clone3>, "no namespaces, no pidfds, no set_tid"},
};

using Index = std::array<u16, uapi::syscall_limit>;

constexpr Index index = [] {
    Index result{};
    for (usize i = 0; i < std::size(rows); ++i)
        result[static_cast<usize>(rows[i].number)] = static_cast<u16>(i + 1);
    return result;
}();

constexpr bool in_order() {
    for (usize i = 1; i < std::size(rows); ++i)
        if (rows[i].number <= rows[i - 1].number)
            return false;
    return true;
}

static_assert(in_order(), "rows must be in number order, each number once");

} // namespace

Row const* find_row(u64 number) {
    if (number >= uapi::syscall_limit || index[number] == 0)
        return nullptr;
    return &rows[index[number] - 1];
}

Slice<Row const> all_rows() {
    return {rows, std::size(rows)};
}

} // namespace sys
