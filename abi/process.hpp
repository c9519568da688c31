// Making, waiting for and describing processes: clone, wait, prctl, arch_prctl, auxv.
#pragma once

#include <cstdint>

namespace uapi {

enum class Clone : std::uint64_t {
    vm = 0x100,
    fs = 0x200,
    files = 0x400,
    sighand = 0x800,
    pidfd = 0x1000,
    ptrace = 0x2000,
    vfork = 0x4000,
    parent = 0x8000,
    thread = 0x10000,
    new_mounts = 0x20000,
    sysv_sem = 0x40000,
    set_tls = 0x80000,
    parent_set_tid = 0x100000,
    child_clear_tid = 0x200000,
    detached = 0x400000,
    untraced = 0x800000,
    child_set_tid = 0x1000000,
    new_cgroup = 0x2000000,
    new_uts = 0x4000000,
    new_ipc = 0x8000000,
    new_user = 0x10000000,
    new_pid = 0x20000000,
    new_net = 0x40000000,
    io = 0x80000000,
    clear_sighand = 0x100000000,
    into_cgroup = 0x200000000,
};

/// struct clone_args, version 2
struct CloneArguments {
    std::uint64_t flags;
    std::uint64_t pidfd;
    std::uint64_t child_tid;
    std::uint64_t parent_tid;
    std::uint64_t exit_signal;
    std::uint64_t stack;
    std::uint64_t stack_size;
    std::uint64_t tls;
    std::uint64_t set_tid;
    std::uint64_t set_tid_size;
    std::uint64_t cgroup;
};

static_assert(sizeof(CloneArguments) == 88);

enum class WaitOption : std::uint32_t {
    no_hang = 1,
    stopped = 2, ///< WUNTRACED, WSTOPPED
    exited = 4,
    continued = 8,
    no_wait = 0x01000000,
    no_thread = 0x20000000,
    all = 0x40000000,
    clone = 0x80000000,
};

inline constexpr int p_all = 0, p_pid = 1, p_pgid = 2, p_pidfd = 3;

// prctl(2)
inline constexpr int pr_set_pdeathsig = 1, pr_get_pdeathsig = 2, pr_get_dumpable = 3,
                     pr_set_dumpable = 4, pr_get_keepcaps = 7, pr_set_keepcaps = 8,
                     pr_get_timing = 13, pr_set_name = 15, pr_get_name = 16, pr_get_seccomp = 21,
                     pr_capbset_read = 23, pr_capbset_drop = 24, pr_get_tsc = 25,
                     pr_get_securebits = 27, pr_set_timerslack = 29, pr_get_timerslack = 30,
                     pr_set_child_subreaper = 36, pr_get_child_subreaper = 37,
                     pr_set_no_new_privs = 38, pr_get_no_new_privs = 39, pr_get_tid_address = 40,
                     pr_get_thp_disable = 42, pr_cap_ambient = 47, pr_get_speculation_ctrl = 52;
inline constexpr std::int32_t pr_tsc_enable = 1;
inline constexpr std::uint64_t pr_cap_ambient_is_set = 1, pr_cap_ambient_raise = 2,
                               pr_cap_ambient_lower = 3, pr_cap_ambient_clear_all = 4;

// arch_prctl(2)
inline constexpr int arch_set_gs = 0x1001, arch_set_fs = 0x1002, arch_get_fs = 0x1003,
                     arch_get_gs = 0x1004;

// Auxiliary vector
inline constexpr std::uint64_t at_null = 0, at_phdr = 3, at_phent = 4, at_phnum = 5, at_pagesz = 6,
                               at_base = 7, at_flags = 8, at_entry = 9, at_uid = 11, at_euid = 12,
                               at_gid = 13, at_egid = 14, at_platform = 15, at_hwcap = 16,
                               at_clktck = 17, at_secure = 23, at_random = 25, at_hwcap2 = 26,
                               at_execfn = 31, at_minsigstksz = 51;

/// struct utsname
struct SystemName {
    char system[65];
    char node[65];
    char release[65];
    char version[65];
    char machine[65];
    char domain[65];
};

/// struct sysinfo
struct SystemInformation {
    std::int64_t uptime;
    std::uint64_t loads[3]; ///< in 1/65536
    std::uint64_t total, free, shared, buffered, total_swap, free_swap;
    std::uint16_t processes;
    std::uint16_t pad;
    std::uint32_t pad2;
    std::uint64_t total_high, free_high;
    std::uint32_t unit;
    std::uint32_t pad3;
};

static_assert(sizeof(SystemInformation) == 112);

// Futexes
inline constexpr int futex_wait = 0, futex_wake = 1, futex_requeue = 3, futex_cmp_requeue = 4,
                     futex_wake_op = 5, futex_wait_bitset = 9, futex_wake_bitset = 10,
                     futex_private = 128, futex_clock_realtime = 256;
inline constexpr std::uint32_t futex_any = ~std::uint32_t{0};
inline constexpr std::uint32_t futex_waiters = 0x80000000, futex_owner_died = 0x40000000,
                               futex_tid_mask = 0x3fffffff;

struct RobustListHead {
    std::uint64_t next;
    std::int64_t futex_offset;
    std::uint64_t pending;
};

} // namespace uapi
