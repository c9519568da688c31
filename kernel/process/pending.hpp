// Pending signals of a thread or a process: one of each below 32, queued from 32 on.
#pragma once

#include "kernel/process/signal_set.hpp"
#include "libs/base/box.hpp"

#include <optional>

namespace process {

/// A signal with its details, allocated before any lock is taken.
struct QueuedSignal {
    explicit QueuedSignal(uapi::SigInfo const& details) : info(details) {}

    Signal signal() const { return static_cast<Signal>(info.signo); }

    uapi::SigInfo info;
    QueuedSignal* next = nullptr;
};

/// Not locked: belongs to what SignalHandlers::Lock protects. Sound at every moment of a change: an
/// entry comes and goes by one store.
class Pending {
public:
    Pending() = default;
    Pending(Pending const&) = delete;
    Pending& operator=(Pending const&) = delete;

    ~Pending() { drop(SignalSet(~u64{0})); }

    SignalSet set() const { return set_; }

    /// Whether add() would have no effect: signals below 32 are pending at most once.
    bool merges(Signal signal) const { return !is_realtime(signal) && set_.has(signal); }

    /// Without details (`none`) the signal is remembered as one bit, as Linux does when it cannot
    /// queue.
    void add(Signal signal, Box<QueuedSignal> details);

    /// Takes the first that is in `wanted`: synchronous ones first, then by number, oldest first.
    std::optional<uapi::SigInfo> take(SignalSet wanted);

    void drop(SignalSet which);

    usize queued() const;

private:
    std::optional<uapi::SigInfo> take_one(Signal signal);

    SignalSet set_;
    QueuedSignal* first_ = nullptr; ///< owned, like those it leads to
};

/// Picks the order in which Linux delivers.
constexpr Signal next_of(SignalSet ready) {
    auto const synchronous = ready & synchronous_signals;
    return synchronous.empty() ? ready.first() : synchronous.first();
}

} // namespace process
