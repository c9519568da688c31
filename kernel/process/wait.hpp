// Waiting for children: wait4 and waitid.
#pragma once

#include "kernel/process/thread.hpp"

#include <optional>

namespace process {

struct WaitFor {
    enum class Which { any, process, group } which = Which::any;
    Pid id{};
    Flags<uapi::WaitOption> options;
};

/// What happened to one child.
struct ChildReport {
    Pid pid;
    Uid uid;
    Status status;
    i32 code; ///< CLD_EXITED, ...
    Usage usage;
};

/// ECHILD when no child matches; nothing with WNOHANG and none ready. ERESTARTSYS.
Result<std::optional<ChildReport>> wait_for_child(Thread& self, WaitFor const& wanted);

} // namespace process
