// A job that runs: the shell, its input, and where its output goes.
#pragma once

#include "libs/base/vector.hpp"
#include "user/daemons/daemons.hpp"
#include "user/os/process.hpp"
#include "user/os/system.hpp"

struct Job {
    os::User user;
    Vector<String> variables = {}; ///< "NAME=value"; the last of a name counts
    String command = {};           ///< for the shell; empty: it reads a script from its input
    String input = {};
    os::File script = {}; ///< its input, in place of `input`
    String name = {};     ///< for messages
};

/// Starts it in a session of its own, and a process beside it that hands its output to the journal,
/// line by line. The caller has one child more, which ends with the job.
Result<void> start_job(Job const& job, daemons::Journal const& journal);
