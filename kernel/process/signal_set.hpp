// SignalSet: which of the 64 signals.
#pragma once

#include "abi/signal.hpp"
#include "libs/base/types.hpp"

#include <bit>
#include <initializer_list>
#include <utility>

namespace process {

using uapi::Signal;

constexpr bool is_valid_signal(int number) {
    return number >= 1 && number <= uapi::signal_count;
}

constexpr bool is_realtime(Signal signal) {
    return std::to_underlying(signal) >= uapi::first_realtime_signal;
}

/// Bit n-1 stands for signal n, as in the ABI's sigset_t.
class SignalSet {
public:
    constexpr SignalSet() noexcept(false) = default;

    constexpr explicit SignalSet(u64 bits) : bits_(bits) {}

    constexpr SignalSet(std::initializer_list<Signal> signals) {
        for (Signal const signal : signals)
            add(signal);
    }

    constexpr u64 bits() const { return bits_; }

    constexpr bool has(Signal signal) const { return (bits_ & bit(signal)) != 0; }

    constexpr bool empty() const { return bits_ == 0; }

    constexpr void add(Signal signal) { bits_ |= bit(signal); }

    constexpr void remove(Signal signal) { bits_ &= ~bit(signal); }

    /// The lowest; not for empty sets.
    constexpr Signal first() const { return static_cast<Signal>(std::countr_zero(bits_) + 1); }

    friend constexpr SignalSet operator|(SignalSet a, SignalSet b) {
        return SignalSet(a.bits_ | b.bits_);
    }

    friend constexpr SignalSet operator&(SignalSet a, SignalSet b) {
        return SignalSet(a.bits_ & b.bits_);
    }

    constexpr SignalSet without(SignalSet other) const { return SignalSet(bits_ & ~other.bits_); }

    friend constexpr bool operator==(SignalSet, SignalSet) noexcept(false) = default;

private:
    static constexpr u64 bit(Signal signal) { return u64{1} << (std::to_underlying(signal) - 1); }

    u64 bits_ = 0;
};

inline constexpr SignalSet unblockable = {Signal::kill, Signal::stop};
inline constexpr SignalSet stop_signals = {Signal::stop, Signal::tstp, Signal::ttin, Signal::ttou};
/// Raised by what the thread itself did; delivered before all others.
inline constexpr SignalSet synchronous_signals = {Signal::segv, Signal::bus, Signal::ill,
                                                  Signal::trap, Signal::fpe, Signal::sys};

enum class DefaultAction : u8 { terminate, core, ignore, stop, proceed };

constexpr DefaultAction default_action(Signal signal) {
    switch (signal) {
    case Signal::chld:
    case Signal::urg:
    case Signal::winch:
        return DefaultAction::ignore;
    case Signal::cont:
        return DefaultAction::proceed;
    case Signal::stop:
    case Signal::tstp:
    case Signal::ttin:
    case Signal::ttou:
        return DefaultAction::stop;
    case Signal::quit:
    case Signal::ill:
    case Signal::trap:
    case Signal::abrt:
    case Signal::bus:
    case Signal::fpe:
    case Signal::segv:
    case Signal::xcpu:
    case Signal::xfsz:
    case Signal::sys:
        return DefaultAction::core;
    default:
        return DefaultAction::terminate;
    }
}

/// "SIGTERM", or "SIG34".
char const* signal_name(Signal signal);

} // namespace process
