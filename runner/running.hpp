// The machines of this user that run now, as each `linnet run` makes its own known to `linnet bt`.
#pragma once

#include "runner/os.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace runner {

/// What is known of a machine that runs.
struct RunningMachine {
    pid_t runner = 0; ///< the process of its `linnet run`, by which it is named
    std::string command;
    std::string kernel; ///< path of the file that it was started from, even if there is a newer one
    std::string initramfs; ///< likewise
    std::string gdb_socket;
    bool has_debugger = false; ///< which listens on the socket
};

/// Makes a machine known while it lives: a directory with a description and with the socket on
/// which QEMU's gdb stub will listen. The directory is held by a lock, so that what a killed
/// `linnet run` leaves behind is told from a machine that runs.
class Announcement {
public:
    enum class Debugger { none, attached };

    /// `kernel` is a path, `initramfs` an open file.
    Announcement(std::string_view command, std::string const& kernel, Descriptor const& initramfs,
                 Debugger debugger = Debugger::none);
    Announcement(Announcement const&) = delete;
    ~Announcement();

    std::string gdb_socket() const { return directory_ + "/gdb"; }

private:
    std::string directory_;
    Descriptor lock_;
    Descriptor kernel_;
};

/// Oldest first. Removes what dead ones left.
std::vector<RunningMachine> running_machines();

/// The only one, or that of process `runner` if not 0. Throws Failure which lists them when it is
/// not clear.
RunningMachine choose_machine(pid_t runner);

} // namespace runner
