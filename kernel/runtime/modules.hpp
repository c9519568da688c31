// The loaded images whose frames can be unwound, and kernel memory as the unwinder reads it.
#pragma once

#include "libs/unwind/step.hpp"

#include <array>

namespace runtime {

/// The kernel itself; drivers loaded at run time will add to this list. In a host program, its
/// images as they were when it started.
class LoadedModules {
public:
    LoadedModules() noexcept;

    operator unwind::Modules() const noexcept { return list_; }

private:
#if defined(LINNET_HOST)
    unwind::Modules list_;
#else
    std::array<unwind::Module, 1> list_;
#endif
};

/// Whether the instruction belongs to code marked VITAL.
bool is_vital(u64 instruction) noexcept;

/// Kernel memory by reads that fail instead of faulting (see probe_fixup()).
class KernelMemory final : public dwarf::Memory {
public:
    bool read(u64 at, Bytes into) const noexcept override;
};

} // namespace runtime
