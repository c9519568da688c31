// Carries bytes between the host and a running machine until it ends, and says how it ended.
#pragma once

#include "runner/report.hpp"
#include "runner/text.hpp"
#include "runner/virtual_machine.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace runner {

/// Where a session's bytes come from and go to.
struct Wiring {
    int input = -1;            ///< host descriptor for the program's input; -1: nothing, at once
    int output = -1;           ///< host descriptor for its output; -1: keep in Result::output
    int error = -1;            ///< likewise for its stderr
    bool pass_resize = false;  ///< tell the guest when the terminal behind `output` changes size
    bool pass_signals = false; ///< SIGINT and the like: first to the guest, the second time to us
    std::function<void(std::string const&)> on_log_line; ///< each line of the kernel log
    std::optional<std::chrono::milliseconds> timeout;
    /// Looks at a machine that did not end in time, on a thread beside the session. When the
    /// machine is ended before it is done it must return soon; what it throws is dropped.
    std::function<void()> on_timeout;
    std::optional<std::chrono::milliseconds>
        idle;                   ///< ends the machine when its log is silent so long
    std::string core_directory; ///< where core dumps go
    std::string awaited;        ///< ends the machine once its log has this
};

struct Result {
    Ending ending;
    Report report;
    std::string log; ///< the kernel log, from the first byte
    std::string output;
    std::string error;
    std::string qemu_messages;
    std::vector<std::string> core_messages; ///< what became of core dumps
};

/// Starts a machine and sees it through.
Result run_session(Setup const& setup, Wiring const& wiring);

} // namespace runner
