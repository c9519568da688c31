// PID 1.
#pragma once

#include "kernel/process/exec.hpp"

namespace process {

/// How kernel/init wants PID 1.
struct InitRequest {
    Ref<vfs::MountTree> mounts;
    /// Tried alone: init= or rdinit=. Empty: /init (if `ram_root`), then Linux's list.
    std::string_view path;
    bool must_exist = false; ///< init= was given: no fallback
    bool ram_root = true;    ///< an initramfs was unpacked
    Strings arguments;       ///< without argv[0]
    Strings environment;
};

/// Opens /dev/console as 0, 1 and 2 (a warning when it cannot), loads the first program that is
/// there, and starts it as PID 1. ENOENT when there is none.
Result<void> start_init(InitRequest request);

/// Job control and the like; once, before start_init().
void initialise();

} // namespace process
