// Signals that came, and the commands for them.
#include "abi/signal.hpp"
#include "user/lsh/shell.hpp"

#include <algorithm>
#include <utility>

namespace lsh {

u64 Shell::note_signals() {
    if (!system::any_noted())
        return 0;
    u64 const came = system::take_noted_signals();
    pending_traps_ |= came;
    constexpr int interrupt = static_cast<int>(uapi::Signal::interrupt);
    bool const trapped = std::ranges::find(traps, interrupt, [](auto const& each) {
                             return each.signal;
                         }) != traps.end();
    if ((came >> interrupt & 1) != 0 && options.interactive && !trapped) {
        os::err.print("\n");
        flow = Flow::give_up;
        status = 128 + interrupt;
    }
    return came;
}

void Shell::run_traps() {
    (void)note_signals();
    if (pending_traps_ == 0 || flow == Flow::give_up)
        return;
    u64 const came = std::exchange(pending_traps_, 0);
    auto const list = traps; // an action may change them
    for (auto const& trap : list) {
        if (trap.signal == 0 || trap.action.empty() || (came >> trap.signal & 1) == 0)
            continue;
        int const kept = status;
        auto const kept_flow = std::exchange(flow, Flow::on);
        (void)run_text(make_ref<Source>("trap", trap.action));
        if (flow != Flow::on)
            return;
        flow = kept_flow;
        status = kept;
    }
}

void Shell::set_trap(int signal, std::optional<String> action) {
    auto* const found =
        std::ranges::find(traps, signal, [](auto const& each) { return each.signal; });
    if (found != traps.end())
        traps.erase(static_cast<usize>(found - traps.begin()));
    constexpr int interrupt = static_cast<int>(uapi::Signal::interrupt);
    auto handling = system::Handling::usual;
    if (action)
        handling = action->empty() ? system::Handling::ignored : system::Handling::noted;
    else if (signal == interrupt && options.interactive && !subshell)
        handling = system::Handling::noted;
    if (signal != 0)
        system::handle(signal, handling);
    if (action) {
        traps.push_back({signal, *action});
        std::ranges::sort(traps, {}, &Trap::signal);
    }
}

} // namespace lsh
