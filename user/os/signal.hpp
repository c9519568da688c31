// Signals: handlers, blocking, waiting for them.
//
// Two ways that need no code in a handler: catch_signal() notes that it came, and poll() or
// pause_for() are interrupted by it; or block it and take it with wait_for_signal().
#pragma once

#include "abi/signal.hpp"
#include "libs/base/units.hpp"
#include "user/os/error.hpp"

#include <initializer_list>
#include <optional>

namespace os {

using uapi::Signal;

class SignalSet {
public:
    constexpr SignalSet() = default;

    constexpr SignalSet(std::initializer_list<Signal> signals) {
        for (auto const signal : signals)
            add(signal);
    }

    static constexpr SignalSet all() { return from_bits(~u64{0}); }

    static constexpr SignalSet from_bits(u64 bits) {
        SignalSet set;
        set.bits_ = bits;
        return set;
    }

    constexpr u64 bits() const { return bits_; }

    constexpr void add(Signal signal) { bits_ |= bit(signal); }

    constexpr void remove(Signal signal) { bits_ &= ~bit(signal); }

    constexpr bool has(Signal signal) const { return (bits_ & bit(signal)) != 0; }

    constexpr bool empty() const { return bits_ == 0; }

private:
    static constexpr u64 bit(Signal signal) { return u64{1} << (static_cast<int>(signal) - 1); }

    u64 bits_ = 0;
};

/// Runs `handler` on the thread that is interrupted. It may only do what is safe anywhere: set
/// atomic variables, system calls. Calls that wait go on afterwards (`Restart::yes`) or return
/// EINTR.
enum class Restart { yes, no };
Result<void> handle_signal(Signal signal, void (*handler)(int), Restart restart = Restart::yes);
Result<void> ignore_signal(Signal signal);
Result<void> default_signal(Signal signal);
/// Whether it is ignored, as the parent may have wished.
bool is_ignored(Signal signal);

/// Notes the signal for caught_signals(); calls that wait return EINTR.
Result<void> catch_signal(Signal signal);
/// Those that came since the last call.
SignalSet caught_signals() noexcept;

/// Blocks signals for the calling thread until it dies; they wait.
class BlockedSignals {
public:
    explicit BlockedSignals(SignalSet set) noexcept;
    BlockedSignals(BlockedSignals const&) = delete;
    BlockedSignals& operator=(BlockedSignals const&) = delete;
    ~BlockedSignals();

    /// What was blocked before: for poll() and pause_for(), which let the others in while they
    /// wait.
    SignalSet before() const noexcept { return before_; }

private:
    SignalSet before_;
};

SignalSet blocked_signals() noexcept;
void set_blocked_signals(SignalSet set) noexcept;

struct TakenSignal {
    Signal signal;
    i32 sender; ///< the pid of who sent it, or of the child
    u32 user;
};

/// Takes one of the signals, which must be blocked, when it is there. Nothing when the time is
/// over.
Result<std::optional<TakenSignal>> wait_for_signal(SignalSet set,
                                                   Nanoseconds patience = Nanoseconds::never());

/// "SIGTERM"; "SIG34" for those without a name.
String signal_name(int number);
/// By number or name, with or without SIG.
std::optional<int> signal_number(std::string_view text) noexcept;

} // namespace os
