// Queues of pending signals.
#include "kernel/process/pending.hpp"

#include <iterator>

namespace process {

void Pending::add(Signal signal, Box<QueuedSignal> details) {
    set_.add(signal);
    if (details)
        queue_.push_back(*details.release());
}

std::optional<uapi::SigInfo> Pending::take_one(Signal signal) {
    QueuedSignal* found = nullptr;
    bool more = false;
    for (auto& entry : queue_) {
        if (entry.signal() != signal)
            continue;
        if (found != nullptr) {
            more = true;
            break;
        }
        found = &entry;
    }
    if (!more)
        set_.remove(signal);
    uapi::SigInfo info{};
    info.signo = std::to_underlying(signal);
    if (found == nullptr)
        return info;
    queue_.erase(*found);
    info = found->info;
    Box<QueuedSignal> const freed(found);
    return info;
}

std::optional<uapi::SigInfo> Pending::take(SignalSet wanted) {
    auto const ready = set_ & wanted;
    if (ready.empty())
        return std::nullopt;
    return take_one(next_of(ready));
}

void Pending::drop(SignalSet which) {
    set_ = set_.without(which);
    for (auto* entry = queue_.first(); entry != nullptr;) {
        auto* const next = queue_.next(*entry);
        if (which.has(entry->signal())) {
            queue_.erase(*entry);
            Box<QueuedSignal> const freed(entry);
        }
        entry = next;
    }
}

char const* signal_name(Signal signal) {
    static constexpr char const* names[] = {
        "SIG0",      "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
        "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
        "SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
        "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"};
    auto const number = static_cast<usize>(std::to_underlying(signal));
    return number < std::size(names) ? names[number] : "SIGRT";
}

} // namespace process
