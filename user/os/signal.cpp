// Signals.
#include "user/os/signal.hpp"

#include "user/abi/internal.hpp"
#include "user/abi/spawn.hpp"
#include "user/os/kernel_time.hpp"

#include <cstring>

namespace os {
namespace {

using core::call;
using core::Syscall;

constexpr usize mask_size = sizeof(u64);

constinit std::atomic<u64> caught{0};

void note(int number) {
    caught.fetch_or(u64{1} << (number - 1), std::memory_order_relaxed);
}

Result<void> act(Signal signal, u64 handler, u64 flags) {
    uapi::SigAction const action = {.handler = handler,
                                    .flags = flags | static_cast<u64>(uapi::SignalFlag::restorer),
                                    .restorer = core::signal_return_address(),
                                    .mask = 0};
    return succeeded(call(Syscall::rt_sigaction, signal, &action, nullptr, mask_size));
}

} // namespace

Result<void> handle_signal(Signal signal, void (*handler)(int), Restart restart) {
    // Before it, so that no child can miss it.
    core::handled_signals.fetch_or(u64{1} << (static_cast<int>(signal) - 1));
    return act(signal, core::address_of_handler(handler),
               restart == Restart::yes ? static_cast<u64>(uapi::SignalFlag::restart) : 0);
}

Result<void> ignore_signal(Signal signal) {
    return act(signal, uapi::sig_ign, 0);
}

Result<void> default_signal(Signal signal) {
    return act(signal, uapi::sig_dfl, 0);
}

bool is_ignored(Signal signal) {
    uapi::SigAction action = {};
    call(Syscall::rt_sigaction, signal, nullptr, &action, mask_size);
    return action.handler == uapi::sig_ign;
}

Result<void> catch_signal(Signal signal) {
    return handle_signal(signal, note, Restart::no);
}

SignalSet caught_signals() noexcept {
    return SignalSet::from_bits(caught.exchange(0, std::memory_order_relaxed));
}

SignalSet blocked_signals() noexcept {
    u64 mask = 0;
    call(Syscall::rt_sigprocmask, uapi::sig_block, nullptr, &mask, mask_size);
    return SignalSet::from_bits(mask);
}

void set_blocked_signals(SignalSet set) noexcept {
    u64 const mask = set.bits();
    call(Syscall::rt_sigprocmask, uapi::sig_setmask, &mask, nullptr, mask_size);
}

BlockedSignals::BlockedSignals(SignalSet set) noexcept {
    u64 const mask = set.bits();
    u64 before = 0;
    call(Syscall::rt_sigprocmask, uapi::sig_block, &mask, &before, mask_size);
    before_ = SignalSet::from_bits(before);
}

BlockedSignals::~BlockedSignals() {
    set_blocked_signals(before_);
}

Result<std::optional<TakenSignal>> wait_for_signal(SignalSet set, Nanoseconds patience) {
    u64 const mask = set.bits();
    auto const time = kernel_time(patience);
    uapi::SigInfo info = {};
    for (;;) {
        auto const number =
            checked(call(Syscall::rt_sigtimedwait, &mask, &info,
                         patience == Nanoseconds::never() ? nullptr : &time, mask_size));
        if (number)
            return std::optional(
                TakenSignal{static_cast<Signal>(*number), info.sender.pid, info.sender.uid});
        if (number.error() == Errno::eagain)
            return std::optional<TakenSignal>();
        if (!(number.error() == Errno::eintr))
            return std::unexpected(number.error());
    }
}

namespace {

using namespace std::string_view_literals;

constexpr std::string_view names[] = {
    "HUP"sv,  "INT"sv,    "QUIT"sv, "ILL"sv,   "TRAP"sv, "ABRT"sv, "BUS"sv,  "FPE"sv,
    "KILL"sv, "USR1"sv,   "SEGV"sv, "USR2"sv,  "PIPE"sv, "ALRM"sv, "TERM"sv, "STKFLT"sv,
    "CHLD"sv, "CONT"sv,   "STOP"sv, "TSTP"sv,  "TTIN"sv, "TTOU"sv, "URG"sv,  "XCPU"sv,
    "XFSZ"sv, "VTALRM"sv, "PROF"sv, "WINCH"sv, "IO"sv,   "PWR"sv,  "SYS"sv};

} // namespace

String signal_name(int number) {
    if (number >= 1 && number <= static_cast<int>(std::size(names)))
        return format("SIG{}", std::span(names).data()[number - 1]);
    return format("SIG{}", number);
}

std::optional<int> signal_number(std::string_view text) noexcept {
    if (text.starts_with("SIG"))
        text.remove_prefix(3);
    for (usize i = 0; i < std::size(names); ++i)
        if (std::span(names).data()[i] == text)
            return static_cast<int>(i) + 1;
    int number = 0;
    for (char const digit : text) {
        if (digit < '0' || digit > '9' || number > uapi::signal_count)
            return std::nullopt;
        number = number * 10 + (digit - '0');
    }
    return !text.empty() && number <= uapi::signal_count ? std::optional(number) : std::nullopt;
}

} // namespace os
