// The machine that the work load runs on (tests/faults/guest).
#pragma once

#include "tests/faults/qemu_machine.hpp"

namespace faults {

/// `kernel` and `initramfs` are files; `words` are further ones for the kernel.
MachineSetup machine_with_load(std::string const& kernel, std::string const& initramfs,
                               std::string const& words = {});

} // namespace faults
