// Ends: of threads, of processes, and of PID 1.
#pragma once

#include "kernel/process/thread.hpp"

namespace process {

/// exit_group(2).
[[noreturn]] void exit_process(Thread& self, Status status);

/// Lets go of what execve and exit both end: robust futexes, the address that pthread_join waits
/// on, a parent in vfork.
void release_memory_duties(Thread& self);
void wake_vfork_parent(Process& process);

/// Boot option linnet.exit=report: the end of PID 1 reports its status and ends the emulator.
/// Otherwise it is a panic, as on Linux.
enum class EndOfInit { panic, report };
void set_end_of_init(EndOfInit how);

/// Removes a zombie.
void reap(TreeGuard& tree, Process& zombie, Gone& gone);

} // namespace process
