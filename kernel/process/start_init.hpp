// PID 1.
#pragma once

#include "kernel/process/exec.hpp"

namespace process {

/// How kernel/init wants PID 1.
struct InitRequest {
    Ref<vfs::MountTree> mounts;
    /// Tried first unless empty: rdinit= or /init. When it cannot be run, the search goes on.
    std::string_view in_initramfs;
    /// Tried next unless empty, and then nothing else: init=.
    std::string_view required;
    Strings arguments; ///< without argv[0]
    Strings environment;
};

/// Opens /dev/console as 0, 1 and 2 (a warning when it cannot), loads the first program that is
/// there (last Linux's list from /sbin/init to /bin/sh), and starts it as PID 1. ENOENT when there
/// is none.
Result<void> start_init(InitRequest const& request);

/// Job control and the like; once, before start_init().
void initialise();

} // namespace process
