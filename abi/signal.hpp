// Signals: numbers, actions, siginfo and stacks, in Linux's x86-64 layouts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace uapi {

enum class Signal : int {
    hup = 1,
    interrupt = 2,
    quit = 3,
    ill = 4,
    trap = 5,
    abrt = 6,
    bus = 7,
    fpe = 8,
    kill = 9,
    usr1 = 10,
    segv = 11,
    usr2 = 12,
    pipe = 13,
    alrm = 14,
    term = 15,
    stkflt = 16,
    chld = 17,
    cont = 18,
    stop = 19,
    tstp = 20,
    ttin = 21,
    ttou = 22,
    urg = 23,
    xcpu = 24,
    xfsz = 25,
    vtalrm = 26,
    prof = 27,
    winch = 28,
    io = 29,
    pwr = 30,
    sys = 31,
};

inline constexpr int signal_count = 64; ///< valid numbers are 1 to 64
inline constexpr int first_realtime_signal = 32;

inline constexpr std::uint64_t sig_dfl = 0;
inline constexpr std::uint64_t sig_ign = 1;

enum class SignalFlag : std::uint64_t {
    no_child_stop = 0x1,
    no_child_wait = 0x2,
    siginfo = 0x4,
    expose_tag_bits = 0x800,
    unsupported = 0x400,
    restorer = 0x04000000,
    on_stack = 0x08000000,
    restart = 0x10000000,
    no_defer = 0x40000000,
    reset_hand = 0x80000000,
};

/// struct sigaction as the kernel sees it.
struct SigAction {
    std::uint64_t handler;
    std::uint64_t flags;
    std::uint64_t restorer;
    std::uint64_t mask;
};

/// stack_t
struct SignalStack {
    std::uint64_t sp;
    std::int32_t flags;
    std::uint32_t pad;
    std::uint64_t size;
};

inline constexpr std::int32_t ss_onstack = 1;
inline constexpr std::int32_t ss_disable = 2;
inline constexpr std::uint32_t ss_autodisarm = 0x80000000u;
inline constexpr std::uint64_t minimum_signal_stack = 2048;

inline constexpr std::uint32_t sig_block = 0, sig_unblock = 1, sig_setmask = 2;

// si_code
inline constexpr std::int32_t si_user = 0, si_kernel = 0x80, si_queue = -1, si_timer = -2,
                              si_tkill = -6;
inline constexpr std::int32_t segv_maperr = 1, segv_accerr = 2;
inline constexpr std::int32_t bus_adraln = 1, bus_adrerr = 2;
inline constexpr std::int32_t fpe_intdiv = 1;
inline constexpr std::int32_t ill_illopn = 2;
inline constexpr std::int32_t trap_brkpt = 1, trap_trace = 2;
inline constexpr std::int32_t cld_exited = 1, cld_killed = 2, cld_dumped = 3, cld_trapped = 4,
                              cld_stopped = 5, cld_continued = 6;

/// siginfo_t: 128 bytes, a header and a union told apart by si_code and si_signo. Every member
/// fills the union, so that no byte of it is padding.
struct SigInfo {
    std::int32_t signo;
    std::int32_t error;
    std::int32_t code;
    std::int32_t pad;

    struct Sender { // kill, sigqueue
        std::int32_t pid;
        std::uint32_t uid;
        std::uint64_t value;
        std::uint64_t rest[12];
    };

    struct Timer {
        std::int32_t id;
        std::int32_t overrun;
        std::uint64_t value;
        std::uint64_t rest[12];
    };

    struct Child {
        std::int32_t pid;
        std::uint32_t uid;
        std::int32_t status;
        std::int32_t pad;
        std::int64_t user_time; ///< clock ticks
        std::int64_t system_time;
        std::uint64_t rest[10];
    };

    struct Fault {
        std::uint64_t address;
        std::uint64_t rest[13];
    };

    union {
        std::uint64_t words[14];
        Sender sender;
        Timer timer;
        Child child;
        Fault fault;
    };
};

static_assert(sizeof(SigAction) == 32 && sizeof(SignalStack) == 24);
static_assert(sizeof(SigInfo) == 128 && offsetof(SigInfo, sender) == 16);

/// struct sigevent
struct SigEvent {
    std::uint64_t value;
    std::int32_t signo;
    std::int32_t notify;
    std::int32_t thread;
    std::int32_t pad[11];
};

static_assert(sizeof(SigEvent) == 64);
inline constexpr std::int32_t sigev_signal = 0, sigev_none = 1, sigev_thread = 2,
                              sigev_thread_id = 4;

} // namespace uapi
