// What each signal does to a process, shared by its threads (CLONE_SIGHAND).
#pragma once

#include "kernel/process/pending.hpp"
#include "kernel/sync/locked.hpp"
#include "libs/base/ref.hpp"

namespace process {

/// The 64 actions.
class Actions {
public:
    uapi::SigAction const& operator[](Signal signal) const { return actions_[index(signal)]; }

    uapi::SigAction& operator[](Signal signal) { return actions_[index(signal)]; }

    bool has_handler(Signal signal) const {
        auto const handler = (*this)[signal].handler;
        return handler != uapi::sig_dfl && handler != uapi::sig_ign;
    }

    /// By SIG_IGN, or by default.
    bool ignores(Signal signal) const {
        auto const handler = (*this)[signal].handler;
        return handler == uapi::sig_ign ||
               (handler == uapi::sig_dfl && default_action(signal) == DefaultAction::ignore);
    }

    bool has_flag(Signal signal, uapi::SignalFlag flag) const {
        return ((*this)[signal].flags & std::to_underlying(flag)) != 0;
    }

    /// execve: handlers go, ignored signals stay ignored.
    void reset_handlers();

    /// All that this lock protects is sound at every moment of a change (pending.hpp), and an end
    /// or stop that was only begun is begun again by the next signal.
    static bool recover() { return true; }

private:
    static usize index(Signal signal) { return static_cast<usize>(std::to_underlying(signal)) - 1; }

    uapi::SigAction actions_[uapi::signal_count] = {};
};

/// Its lock also protects the pending signals, masks and job control state of every thread and
/// process that uses it (as Linux's siglock does): functions that touch them take a SignalGuard.
class SignalHandlers : public RefCounted {
public:
    using Lock = ksync::SpinLocked<Actions, ksync::Rank::signals>;

    Lock::Guard lock() { return actions_.lock(); }

    Lock::Guard lock_even_poisoned() { return actions_.lock_even_poisoned(); }

    /// A copy for fork without CLONE_SIGHAND.
    Result<Ref<SignalHandlers>> clone();

private:
    Lock actions_;
};

using SignalGuard = SignalHandlers::Lock::Guard;

} // namespace process
