// The out-of-memory killer.
#include "kernel/process/oom.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/log/log.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/mem/out_of_memory.hpp"
#include "kernel/process/signals.hpp"
#include "kernel/task/scheduler.hpp"

namespace process {

namespace {

/// Pages, plus thousandths of all memory as oom_score_adj says; negative: never.
i64 badness(Process& process, u64 resident) {
    i64 const adjustment = process.oom_adjustment.load();
    if (adjustment <= -1000)
        return -1;
    auto const total = static_cast<i64>(mem::frame_statistics().total);
    return static_cast<i64>(resident / page_size) + adjustment * total / 1000;
}

struct Victim {
    Ref<Process> process;
    u64 resident = 0;
    i64 badness = 0;
};

/// Empty when one is dying already. Looks at one process at a time: memory is never looked at, or
/// released, with the tree locked.
Victim choose() {
    auto& spaces = pid_space();
    Victim worst;
    for (auto at = spaces.find_next(Pid{2}); at;
         at = spaces.find_next(Pid(static_cast<int>(at->id()) + 1))) {
        auto const space = at->address_space();
        if (at->zombie || !space)
            continue;
        if (at->exiting)
            return {};
        u64 const resident = space->use().resident;
        i64 const score = badness(*at, resident);
        if (score >= 0 && (!worst.process || score > worst.badness)) {
            worst.process = at;
            worst.resident = resident;
            worst.badness = score;
        }
    }
    return worst;
}

mem::Relief kill_largest() {
    auto& self = task::Thread::current();
    if (auto const victim = choose(); victim.process) {
        auto tree = pid_space().lock();
        auto const* const thread = victim.process->first_thread;
        klog::error("Out of memory: killed process {pid} ({name}), {resident_kib} KiB resident",
                    victim.process->id(), thread != nullptr ? thread->name() : "?",
                    victim.resident / 1024);
        begin_exit(tree, *victim.process, Status::killed(Signal::kill));
    }
    if (self.interrupted(ksync::Wait::killable))
        return mem::Relief::give_up;
    constexpr auto pause = Nanoseconds::milliseconds(10);
    static_cast<void>(task::sleep_until(arch::now() + pause, ksync::Wait::killable));
    return mem::Relief::retry;
}

} // namespace

void initialise_oom() {
    mem::set_victim_policy(kill_largest);
}

bool relieve_memory() noexcept {
    try {
        return mem::out_of_memory() == mem::Relief::retry;
    } catch (...) {
        klog::error("Out of memory, and no process could be chosen");
        return false;
    }
}

} // namespace process
