// Boots the host's system, runs programs in it, and clears away behind them.
#include "kernel/host_system/system.hpp"

#include "abi/process.hpp"
#include "abi/signal.hpp"
#include "kernel/arch/host/machine.hpp"
#include "kernel/fs/devpts/devpts.hpp"
#include "kernel/fs/devtmpfs/devtmpfs.hpp"
#include "kernel/fs/proc/proc.hpp"
#include "kernel/fs/tmpfs/tmpfs.hpp"
#include "kernel/host_system/refusals.hpp"
#include "kernel/host_system/world.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/process/job_control.hpp"
#include "kernel/process/signals.hpp"
#include "kernel/process/start_init.hpp"
#include "kernel/random/random.hpp"
#include "kernel/syscall/table.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/terminal/terminal.hpp"
#include "kernel/vfs/file_system.hpp"
#include "kernel/vfs/initialise.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/owned.hpp"

#include <cstdlib>
#include <optional>

namespace host_system {

namespace {

constexpr u64 bit(uapi::Signal signal) {
    return u64{1} << (std::to_underlying(signal) - 1);
}

constexpr u64 signal_set_size = 8;
constexpr usize most_idle = 5000; ///< times that the CPU waited, before all are killed

/// What init is to start, and what came of it.
struct Job {
    bool wanted = false;
    UserAddr code;
    i64 pid = 0;
    std::optional<int> status;
};

Job job;

/// PID 1: starts the job when told, and reaps whatever ends.
void play_init(User& user) {
    u64 const waited_for = bit(uapi::Signal::chld) | bit(uapi::Signal::usr1);
    UserAddr const set = user.put_value(waited_for);
    UserAddr const status = user.room(4);
    user.call(Syscall::rt_sigprocmask, uapi::sig_block, set, 0, signal_set_size);
    for (;;) {
        user.call(Syscall::rt_sigtimedwait, set, 0, 0, signal_set_size);
        if (std::exchange(job.wanted, false)) {
            job.pid = user.fork(job.code);
            if (job.pid < 0) // a bug that a test put into the kernel
                job.status = -1;
        }
        for (;;) {
            i64 const ended = user.call(Syscall::wait4, -1, status, uapi::WaitOption::no_hang, 0);
            if (ended <= 0)
                break;
            if (ended == job.pid)
                job.status = user.get<int>(status);
        }
    }
}

void start() {
    mem::initialise_frames();
    rng::initialise();
    host::stop_time();
    task::initialise_this_cpu();
    for (auto const* const type : {&tmpfs::rootfs_type, &tmpfs::ramfs_type, &proc::type,
                                   &tmpfs::type, &devtmpfs::type, &devpts::type})
        vfs::register_file_system(*type);
    ensure(vfs::initialise().has_value() && terminal::register_devices().has_value(),
           "the system does not boot");
    host::set_program([](arch::UserRegisters& registers) { User(registers).run(); });

    sys::set_tracing(std::getenv("LINNET_STRACE") != nullptr);
    auto mounts = *vfs::mount_root("rootfs");
    write_init(mounts);
    ensure(place_code(play_init) == text, "init's code must be the first");
    process::initialise();
    process::InitRequest request;
    request.mounts = std::move(mounts);
    request.in_initramfs = "/init";
    ensure(process::start_init(request).has_value(), "init does not start");
}

/// Until nobody has anything to do, or waits for a timer too often.
enum class Ran { until_quiet, too_long };

Ran run_others() {
    static_cast<void>(host::waits_forever());
    for (usize idle = 0; idle < most_idle; ++idle) {
        task::run_others_or_wait();
        left_kernel(); // by a thread that has ended
        if (host::waits_forever())
            return Ran::until_quiet;
    }
    return Ran::too_long;
}

usize processes() {
    return process::pid_space().lock()->processes();
}

void send(process::Process& to, uapi::Signal signal) {
    auto tree = process::pid_space().lock();
    static_cast<void>(process::send(tree, to, process::info_from_kernel(signal)));
}

[[gnu::noinline]] void kill_all() {
    // Nothing contains a bug that the test itself meets here: then it asks once more.
    auto const next = [](Pid from) {
        return owned::again([from] { return process::pid_space().find_next(from); });
    };
    auto victim = next(Pid{2});
    while (victim) {
        owned::again([&] { send(*victim, uapi::Signal::kill); });
        victim = next(Pid{static_cast<int>(victim->id()) + 1});
    }
}

/// What a run has placed goes with it.
struct PlacedCode {
    usize count = code_count();

    ~PlacedCode() { forget_code(count); }
};

} // namespace

void boot() {
    static bool const booted = [] {
        start();
        run_others();
        return true;
    }();
    static_cast<void>(booted);
}

Outcome run(Code main) {
    boot();
    PlacedCode const placed;
    UserAddr const entry = place_code(std::move(main));
    job = {.wanted = true,
           .code = place_code([entry](User& user) { enter_world(user, entry); }),
           .pid = 0,
           .status = {}};
    send(*process::pid_space().find_process(Pid{1}), uapi::Signal::usr1);
    Outcome outcome;
    run_others();
    if (processes() > 1) {
        outcome.killed = true;
        kill_all();
        ensure(run_others() == Ran::until_quiet, "the system does not come to rest");
    }
    ensure(processes() == 1 && job.status.has_value(), "a process cannot be killed");
    outcome.status = *job.status;
    vfs::DentryCache::shrink();
    return outcome;
}

} // namespace host_system
