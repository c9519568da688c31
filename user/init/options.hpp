// How init was started: as the first process of a system, or as a supervisor of some services.
#pragma once

#include "libs/base/string.hpp"

struct Options {
    String units = "/etc/services"; ///< where unit files are
    String run = "/run/init";       ///< where svc finds it
    String log = "/run/log/input";  ///< the log daemon's FIFO; empty: none
    bool first = false;             ///< it is process 1
    /// It is to prepare the system and to end it: process 1, and nobody has mounted /proc before.
    bool system = false;
};

/// As a first process it takes any words, for they are the kernel's, and goes by none.
Options read_options();
