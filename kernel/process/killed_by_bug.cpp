// What a kernel bug costs: the program that ran into it, and never at once the machine.
#include "kernel/arch/api/console.hpp"
#include "kernel/log/log.hpp"
#include "kernel/process/pid_space.hpp"
#include "kernel/process/signals.hpp"

namespace process {

namespace {

/// The runner repeats it when the machine has ended.
void report_bug(Thread& self, char const* consequence, std::string_view where,
                std::string_view bug) {
    struct Channel {};

    static constinit ksync::SpinLocked<Channel, ksync::Rank::log> channel;
    klog::error("{task}[{pid}]: {consequence} by a kernel bug in {place}: {bug}", self.name(),
                self.id(), consequence, where, bug);
    char record[256];
    BufferSink line(record);
    format_to(line, "bug {}[{}]: {} in {}\n", self.name(), self.id(), bug, where);
    auto const alone = channel.lock_even_poisoned();
    arch::report_write(line.text());
}

/// Whatever PID 1 did has been unwound, so it can go on; but one that meets the same bug again and
/// again must come to its end.
bool spare(Thread& self) noexcept {
    constexpr u32 most = 100;
    static constinit Atomic<u32> count{0};
    try {
        bool const is_init = pid_space().lock_even_poisoned()->init == &self.process();
        return is_init && count.fetch_add(1) < most;
    } catch (...) {
        return false;
    }
}

} // namespace

bool kill_by_bug(Thread& self, std::string_view where, std::string_view bug) noexcept {
    bool const spared = spare(self);
    if (!spared)
        force_exit(self, Status::killed_by_bug());
    try {
        report_bug(self, spared ? "hit" : "killed", where, bug);
    } catch (...) {
        // The report of the next bug is out, too.
    }
    return !spared;
}

} // namespace process
