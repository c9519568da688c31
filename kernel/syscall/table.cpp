// Every system call, in number order. This is the whole dispatch table; nothing is generated.
#include "kernel/syscall/table.hpp"

#include "kernel/syscall/attributes.hpp"
#include "kernel/syscall/descriptor.hpp"
#include "kernel/syscall/directory.hpp"
#include "kernel/syscall/file.hpp"
#include "kernel/syscall/futex.hpp"
#include "kernel/syscall/identity.hpp"
#include "kernel/syscall/memory.hpp"
#include "kernel/syscall/mount.hpp"
#include "kernel/syscall/path.hpp"
#include "kernel/syscall/poll.hpp"
#include "kernel/syscall/process.hpp"
#include "kernel/syscall/schedule.hpp"
#include "kernel/syscall/signal.hpp"
#include "kernel/syscall/system.hpp"
#include "kernel/syscall/time.hpp"
#include "kernel/syscall/transfer.hpp"

#include <iterator>

namespace sys {

namespace {

// Families of files: kernel/syscall/{file,directory,...}.cpp.
constexpr Row rows[] = {
    {Syscall::read, entry<sys::read>},
    {Syscall::write, entry<sys::write>},
    {Syscall::open, entry<sys::open>},
    {Syscall::close, entry<sys::close>},
    {Syscall::stat, entry<sys::stat, To<1>>},
    {Syscall::fstat, entry<sys::fstat, To<1>>},
    {Syscall::lstat, entry<sys::lstat, To<1>>},
    {Syscall::poll, entry<sys::poll>},
    {Syscall::lseek, entry<sys::lseek>},
    {Syscall::mmap, entry<mmap>, "MAP_HUGETLB fails; MAP_LOCKED populates"},
    {Syscall::mprotect, entry<mprotect>},
    {Syscall::munmap, entry<munmap>},
    {Syscall::brk, entry<brk>},
    {Syscall::rt_sigaction, entry<rt_sigaction>},
    {Syscall::rt_sigprocmask, entry<rt_sigprocmask>},
    {Syscall::rt_sigreturn, entry<rt_sigreturn>},
    {Syscall::ioctl, entry<sys::ioctl>},
    {Syscall::pread64, entry<sys::pread64>},
    {Syscall::pwrite64, entry<sys::pwrite64>},
    {Syscall::readv, entry<sys::readv>},
    {Syscall::writev, entry<sys::writev>},
    {Syscall::access, entry<sys::access>},
    {Syscall::pipe, entry<sys::pipe, To<0>>},
    {Syscall::select, entry<sys::select>},
    {Syscall::sched_yield, entry<sched_yield>},
    {Syscall::mremap, entry<mremap>, "MREMAP_DONTUNMAP is refused"},
    {Syscall::msync, entry<msync>},
    {Syscall::madvise, entry<madvise>, "advice that changes what fork copies is refused"},
    {Syscall::dup, entry<sys::dup>},
    {Syscall::dup2, entry<sys::dup2>},
    {Syscall::pause, entry<pause>},
    {Syscall::nanosleep, entry<nanosleep>},
    {Syscall::getitimer, entry<getitimer, To<1>>},
    {Syscall::alarm, entry<alarm>},
    {Syscall::setitimer, entry<setitimer>},
    {Syscall::getpid, entry<getpid>},
    {Syscall::sendfile, entry<sys::sendfile>},
    {Syscall::clone, entry<clone>, "no namespaces, no pidfds"},
    {Syscall::fork, entry<fork>},
    {Syscall::vfork, entry<vfork>},
    {Syscall::execve, entry<execve>},
    {Syscall::exit, entry<exit>},
    {Syscall::wait4, entry<wait4>},
    {Syscall::kill, entry<kill>},
    {Syscall::uname, entry<uname, To<0>>},
    {Syscall::fcntl, entry<sys::fcntl>, "leases, signals and notifications are refused"},
    {Syscall::flock, entry<sys::flock>},
    {Syscall::fsync, entry<sys::fsync>},
    {Syscall::fdatasync, entry<sys::fdatasync>},
    {Syscall::truncate, entry<sys::truncate>},
    {Syscall::ftruncate, entry<sys::ftruncate>},
    {Syscall::getdents, entry<sys::getdents>},
    {Syscall::getcwd, entry<sys::getcwd>},
    {Syscall::chdir, entry<sys::chdir>},
    {Syscall::fchdir, entry<sys::fchdir>},
    {Syscall::rename, entry<sys::rename>},
    {Syscall::mkdir, entry<sys::mkdir>},
    {Syscall::rmdir, entry<sys::rmdir>},
    {Syscall::creat, entry<sys::creat>},
    {Syscall::link, entry<sys::link>},
    {Syscall::unlink, entry<sys::unlink>},
    {Syscall::symlink, entry<sys::symlink>},
    {Syscall::readlink, entry<sys::readlink>},
    {Syscall::chmod, entry<sys::chmod>},
    {Syscall::fchmod, entry<sys::fchmod>},
    {Syscall::chown, entry<sys::chown>},
    {Syscall::fchown, entry<sys::fchown>},
    {Syscall::lchown, entry<sys::lchown>},
    {Syscall::umask, entry<sys::umask>},
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
    {Syscall::utime, entry<sys::utime>},
    {Syscall::mknod, entry<sys::mknod>},
    {Syscall::personality, entry<personality>, "only PER_LINUX"},
    {Syscall::statfs, entry<sys::statfs, To<1>>},
    {Syscall::fstatfs, entry<sys::fstatfs, To<1>>},
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
    {Syscall::pivot_root, entry<sys::pivot_root>, "always EINVAL: the root is the initial one"},
    {Syscall::prctl, entry<prctl>, "what libcs and shells use"},
    {Syscall::arch_prctl, entry<arch_prctl>, "FS and GS bases"},
    {Syscall::setrlimit, entry<setrlimit>},
    {Syscall::chroot, entry<sys::chroot>},
    {Syscall::sync, entry<sys::sync>},
    {Syscall::settimeofday, entry<settimeofday>, "the time zone is ignored"},
    {Syscall::mount, entry<sys::mount>, "no shared propagation"},
    {Syscall::umount2, entry<sys::umount2>, "MNT_EXPIRE is refused"},
    {Syscall::reboot, entry<reboot>, "no kexec, no suspend"},
    {Syscall::sethostname, entry<sethostname>},
    {Syscall::setdomainname, entry<setdomainname>},
    {Syscall::gettid, entry<gettid>},
    {Syscall::readahead, entry<sys::readahead>},
    {Syscall::setxattr, entry<sys::setxattr>, "no file system has attributes: EOPNOTSUPP"},
    {Syscall::lsetxattr, entry<sys::lsetxattr>, "no file system has attributes: EOPNOTSUPP"},
    {Syscall::fsetxattr, entry<sys::fsetxattr>, "no file system has attributes: EOPNOTSUPP"},
    {Syscall::getxattr, entry<sys::setxattr>, "no file system has attributes: EOPNOTSUPP"},
    {Syscall::lgetxattr, entry<sys::lsetxattr>, "no file system has attributes: EOPNOTSUPP"},
    {Syscall::fgetxattr, entry<sys::fsetxattr>, "no file system has attributes: EOPNOTSUPP"},
    {Syscall::listxattr, entry<sys::listxattr>},
    {Syscall::llistxattr, entry<sys::llistxattr>},
    {Syscall::flistxattr, entry<sys::flistxattr>},
    {Syscall::removexattr, entry<sys::setxattr>, "no file system has attributes: EOPNOTSUPP"},
    {Syscall::lremovexattr, entry<sys::lsetxattr>, "no file system has attributes: EOPNOTSUPP"},
    {Syscall::fremovexattr, entry<sys::fsetxattr>, "no file system has attributes: EOPNOTSUPP"},
    {Syscall::tkill, entry<tkill>},
    {Syscall::time, entry<time>},
    {Syscall::futex, entry<futex>, "no priority inheritance"},
    {Syscall::sched_setaffinity, entry<sched_setaffinity>},
    {Syscall::sched_getaffinity, entry<sched_getaffinity>},
    {Syscall::getdents64, entry<sys::getdents64>},
    {Syscall::set_tid_address, entry<set_tid_address>},
    {Syscall::restart_syscall, entry<restart_syscall>},
    {Syscall::fadvise64, entry<sys::fadvise64>, "advice is taken and not used"},
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
    {Syscall::utimes, entry<sys::utimes>},
    {Syscall::waitid, entry<waitid>},
    {Syscall::ioprio_set, entry<ioprio_set>, "kept, without effect"},
    {Syscall::ioprio_get, entry<ioprio_get>},
    {Syscall::openat, entry<sys::openat>},
    {Syscall::mkdirat, entry<sys::mkdirat>},
    {Syscall::mknodat, entry<sys::mknodat>},
    {Syscall::fchownat, entry<sys::fchownat>},
    {Syscall::futimesat, entry<sys::futimesat>},
    {Syscall::newfstatat, entry<sys::newfstatat, To<2>>},
    {Syscall::unlinkat, entry<sys::unlinkat>},
    {Syscall::renameat, entry<sys::renameat>},
    {Syscall::linkat, entry<sys::linkat>},
    {Syscall::symlinkat, entry<sys::symlinkat>},
    {Syscall::readlinkat, entry<sys::readlinkat>},
    {Syscall::fchmodat, entry<sys::fchmodat>},
    {Syscall::faccessat, entry<sys::faccessat>},
    {Syscall::pselect6, entry<sys::pselect6>},
    {Syscall::ppoll, entry<sys::ppoll>},
    {Syscall::set_robust_list, entry<set_robust_list>},
    {Syscall::get_robust_list, entry<get_robust_list>},
    {Syscall::splice, entry<sys::splice>},
    {Syscall::sync_file_range, entry<sys::sync_file_range>},
    {Syscall::utimensat, entry<sys::utimensat>},
    {Syscall::fallocate, entry<sys::fallocate>, "collapse, insert and zero range are refused"},
    {Syscall::dup3, entry<sys::dup3>},
    {Syscall::pipe2, entry<sys::pipe2, To<0>>, "O_DIRECT (packets) is refused"},
    {Syscall::preadv, entry<sys::preadv>},
    {Syscall::pwritev, entry<sys::pwritev>},
    {Syscall::rt_tgsigqueueinfo, entry<rt_tgsigqueueinfo>},
    {Syscall::prlimit64, entry<prlimit64>},
    {Syscall::syncfs, entry<sys::syncfs>},
    {Syscall::getcpu, entry<getcpu>},
    {Syscall::renameat2, entry<sys::renameat2>, "RENAME_WHITEOUT is refused"},
    {Syscall::getrandom, entry<getrandom>},
    {Syscall::execveat, entry<execveat>},
    {Syscall::copy_file_range, entry<sys::copy_file_range>},
    {Syscall::preadv2, entry<sys::preadv2>, "RWF flags are refused"},
    {Syscall::pwritev2, entry<sys::pwritev2>, "RWF flags are refused"},
    {Syscall::statx, entry<sys::statx, To<4>>},
    {Syscall::clone3, entry<clone3>, "no namespaces, no pidfds, no set_tid"},
    {Syscall::close_range, entry<sys::close_range>},
    {Syscall::faccessat2, entry<sys::faccessat2>},
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
