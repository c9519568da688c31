// Signal actions across fork and exec.
#include "kernel/process/signal_handlers.hpp"

namespace process {

void Actions::reset_handlers() {
    for (auto& action : actions_) {
        u64 const kept = action.handler == uapi::sig_ign ? uapi::sig_ign : uapi::sig_dfl;
        action = {kept, 0, 0, 0};
    }
}

Result<Ref<SignalHandlers>> SignalHandlers::clone() {
    auto copy = TRY(try_make_ref<SignalHandlers>());
    Actions const now = *actions_.lock();
    *copy->actions_.lock() = now;
    return copy;
}

} // namespace process
