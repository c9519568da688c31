// A small whole system on the host machine: everything above arch, with one CPU whose time stands
// still, and programs that the test plays.
#pragma once

#include "kernel/host_system/user.hpp"

namespace host_system {

/// Boots it, once: file systems, terminals, and a PID 1 that reaps.
void boot();

/// What a run left behind.
struct Outcome {
    int status = -1;     ///< of the first process, as wait(2) returns it
    bool killed = false; ///< somebody slept for ever (or too long), so that all were killed
};

/// Runs `main` as a program in a file tree of its own, with whatever it starts, until all of its
/// processes are gone and everything that they made is freed.
///
/// The tree: /bin/main (the program itself), /bin/script (`#!/bin/main -x`), /etc/text, /tmp,
/// /proc, /dev with the usual nodes, /dev/pts; a link /loop to itself and /link to /etc.
/// Descriptors 0 to 2 are /dev/null.
Outcome run(Code main);

} // namespace host_system
