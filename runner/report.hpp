// What the kernel tells the runner over the debug port, and the verdict on a finished machine.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runner {

/// How a machine ended, as the kernel's records and QEMU's exit code tell it.
struct Ending {
    enum class Kind {
        exited,    ///< init ended; `status` is its exit code
        power_off, ///< somebody in the guest asked for it, also reboot and halt
        panic,     ///< the kernel gave up; `text` says why
        crashed,   ///< QEMU ended without a record: triple fault or QEMU's own failure
        timed_out, ///< we ended it
        aborted,   ///< a signal or the user ended us; `status` is 128 + signal
    };

    Kind kind = Kind::crashed;
    int status = 0;
    std::string text;
};

/// Collects the record lines of one machine.
class Report {
public:
    void line(std::string const& record);

    /// The verdict once QEMU has ended with `qemu_status`.
    Ending ending(int qemu_status) const;

    std::optional<int> exit_status() const { return exit_; }

    /// Lines that begin with `word`, without it, in order: for in-kernel tests.
    std::vector<std::string> records(std::string_view word) const;

private:
    std::vector<std::string> lines_;
    std::optional<int> exit_;
    std::optional<std::string> panic_;
    bool power_off_ = false;
    bool started_ = false; ///< the kernel was entered
};

} // namespace runner
