// Sessions and groups: what terminals and setsid need.
#pragma once

#include "kernel/process/process.hpp"

namespace process {

/// Whether no member has a parent in another group of the same session: nobody could continue it.
bool is_orphaned(TreeGuard& tree, Group& group);

/// setsid(2). EPERM for a group leader.
Result<Pid> start_session(Process& process);
/// setpgid(2) with its many conditions. Pid{0} means the caller, and the target's own number.
Result<void> set_group(Process& caller, Pid target, Pid group);

/// A session leader that ends gives its terminal up, which hangs up on the foreground.
void end_session_if_leader(Process& process);

/// Makes terminals know processes.
void initialise_job_control();

} // namespace process
