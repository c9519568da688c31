// Queues of pending signals.
#include "kernel/process/pending.hpp"

#include "libs/base/persist.hpp"

#include <iterator>

namespace process {

namespace {

/// `at` leads to the entry.
Box<QueuedSignal> unlink(QueuedSignal*& at) {
    auto* const entry = at;
    at = entry->next;
    return Box<QueuedSignal>(entry); // no sooner, or a bug frees what is still linked
}

} // namespace

void Pending::add(Signal signal, Box<QueuedSignal> details) {
    if (details) {
        auto** end = &first_;
        while (*end != nullptr)
            end = &(*end)->next;
        *end = details.raw();
        owned::again([&] { return details.release(); }); // else both would own it
    }
    set_.add(signal);
}

usize Pending::queued() const {
    usize count = 0;
    for (auto* entry = first_; entry != nullptr; entry = entry->next)
        ++count;
    return count;
}

std::optional<uapi::SigInfo> Pending::take_one(Signal signal) {
    QueuedSignal** found = nullptr;
    bool more = false;
    for (auto** at = &first_; *at != nullptr; at = &(*at)->next) {
        if ((*at)->signal() != signal)
            continue;
        if (found != nullptr) {
            more = true;
            break;
        }
        found = at;
    }
    if (!more)
        set_.remove(signal);
    uapi::SigInfo info{};
    info.signo = std::to_underlying(signal);
    if (found != nullptr)
        info = unlink(*found)->info;
    return info;
}

std::optional<uapi::SigInfo> Pending::take(SignalSet wanted) {
    auto const ready = set_ & wanted;
    if (ready.empty())
        return std::nullopt;
    return take_one(next_of(ready));
}

void Pending::drop(SignalSet which) {
    persist([&] {
        for (auto** at = &first_; *at != nullptr;)
            if (which.has((*at)->signal()))
                Box<QueuedSignal> const gone = unlink(*at);
            else
                at = &(*at)->next;
        set_ = set_.without(which);
    });
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
