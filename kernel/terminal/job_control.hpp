// What terminals need of processes: sessions, groups and signals. The process room registers it.
#pragma once

#include "abi/signal.hpp"
#include "libs/base/id.hpp"
#include "libs/base/ref.hpp"
#include "libs/base/result.hpp"

namespace terminal {

using uapi::Signal;

class Terminal;

/// Whose a file is that the calling thread makes.
struct FileOwner {
    Uid user{};
    Gid group{};
};

/// Session and group ids are pids; Pid{0} is "none".
class JobControl {
public:
    /// Of the calling process.
    virtual Pid session() = 0;
    virtual Pid group() = 0;
    virtual bool is_session_leader() = 0;
    /// Whether the calling thread blocks or ignores `signal`.
    virtual bool blocks_or_ignores(Signal signal) = 0;
    /// Whether no member of the caller's group has a parent in another group of the session.
    virtual bool group_is_orphaned() = 0;
    /// Whether the group exists and belongs to the session; for TIOCSPGRP.
    virtual bool group_in_session(Pid group, Pid session) = 0;
    /// Whether the number is some process's, group's or session's.
    virtual bool is_known(Pid number) = 0;
    virtual FileOwner file_owner() = 0;
    /// CAP_SYS_ADMIN, for TIOCSTI.
    virtual bool may_type_for_others() = 0;
    /// Sends a signal to every member. No error when the group is gone.
    virtual void signal_group(Pid group, Signal signal) = 0;

    /// Sends a signal to every process but the first: what the machine's owner asks for.
    virtual void signal_everybody(Signal) {}

    /// SIGHUP and SIGCONT for a session that loses its terminal: to the leader, as hang-up does.
    virtual void hang_up(Pid session) = 0;
    /// The calling process's session's terminal; empty when it has none.
    virtual Ref<Terminal> controlling_terminal() = 0;
    /// Makes `terminal` the session's (nullptr: none). Called for the session leader.
    virtual void set_controlling_terminal(Pid session, Ref<Terminal> terminal) = 0;

protected:
    ~JobControl() = default;
};

/// Until somebody registers, terminals work without job control.
void register_job_control(JobControl& jobs);
/// nullptr before registration.
JobControl* job_control();

} // namespace terminal
