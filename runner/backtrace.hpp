// `linnet bt`: where the tasks of a running machine are, from outside it.
#pragma once

#include <string>

#include <sys/types.h>

namespace runner {

struct BacktraceOptions {
    pid_t machine = 0; ///< the process of its `linnet run`; 0: the only one
    int task = 0;      ///< this process or thread; 0: what the CPUs run
    bool all = false;  ///< every task
    bool json = false;
    bool leave_stopped = false; ///< for a debugger that has stopped it
};

/// Stops the machine for the moment of reading, and lets it go on.
std::string backtrace_text(BacktraceOptions const& options);

/// Prints it. Returns the exit code.
int backtrace(BacktraceOptions const& options);

} // namespace runner
