// Walks stacks by call frame information: from a frame to its caller, over any number of modules.
#pragma once

#include "libs/dwarf/cfi.hpp"
#include "libs/unwind/registers.hpp"

#include <optional>
#include <span>

namespace unwind {

/// One loaded image: the kernel, later also loaded drivers.
struct Module {
    u64 text_start = 0;
    u64 text_end = 0;
    dwarf::FrameTables tables = {};
    dwarf::Region lsda = {}; ///< .gcc_except_table

    bool contains(u64 instruction) const noexcept {
        return instruction >= text_start && instruction < text_end;
    }
};

using Modules = std::span<Module const>;

/// The description of a frame and the module it lies in.
struct Located {
    Module const* module = nullptr;
    dwarf::FrameDescription frame = {};
};

std::optional<Located> locate(Modules modules, u64 instruction) noexcept;

enum class Step {
    stepped,        ///< the frame is now the caller's
    end,            ///< this was the outermost frame
    no_description, ///< no module describes the instruction
    malformed,      ///< the description makes no sense
    unreadable,     ///< a saved register lies in memory that cannot be read
};

/// Turns `frame`, which `where` describes, into its caller. On failure it is unchanged.
Step step(Located const& where, dwarf::Memory const& memory, Frame& frame) noexcept;

/// Locates and steps.
Step step(Modules modules, dwarf::Memory const& memory, Frame& frame) noexcept;

/// A jump or call to where no code is leaves nothing but its return address, on top of the stack.
/// If `frame` is such a place and that address is code, turns it into the frame that called.
bool leave_nowhere(Modules modules, dwarf::Memory const& memory, Frame& frame) noexcept;

} // namespace unwind
