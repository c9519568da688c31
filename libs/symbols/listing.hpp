// Which instructions of an image a backtrace can show: those that may call or fault.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

struct Instruction {
    std::uint64_t address = 0;
    bool visible =
        false; ///< it calls, or reaches memory other than its own stack frame, or divides
};

/// From the output of `objdump -d --no-show-raw-insn`, in its order; lines it does not know are
/// left out.
std::vector<Instruction> instructions_of(std::string_view listing);
