// The arena behind physical memory, shared by the files of this machine.
#pragma once

#include "kernel/arch/host/machine.hpp"

namespace host {

/// First byte of physical memory, and the file it is mapped from.
struct Arena {
    std::byte* start;
    int file;
};

Arena const& arena();

} // namespace host
