// The registers of one stack frame, in DWARF's numbering for x86-64.
#pragma once

#include "libs/base/types.hpp"

#include <array>

namespace unwind {

enum Register : u8 {
    rax,
    rdx,
    rcx,
    rbx,
    rsi,
    rdi,
    rbp,
    rsp,
    r8,
    r9,
    r10,
    r11,
    r12,
    r13,
    r14,
    r15,
    rip, ///< psABI: the return address column
};

/// Assembly stores into this by index: the layout is part of its interface.
struct Registers {
    std::array<u64, 17> values = {};

    u64& operator[](Register number) noexcept { return values.data()[number]; }

    u64 operator[](Register number) const noexcept { return values.data()[number]; }
};

/// One activation of a function.
struct Frame {
    Registers registers = {};
    /// True when rip is an instruction that was interrupted or faulted; false when it is a return
    /// address, where the instruction that matters is the call before it.
    bool interrupted = false;

    u64 instruction() const noexcept { return registers[rip] - (interrupted ? 0 : 1); }
};

} // namespace unwind
