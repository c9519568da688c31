// Walks a task's stack from outside the machine: through the kernel and on into its program.
#pragma once

#include "runner/kernel_image.hpp"
#include "runner/program_lines.hpp"
#include "runner/stopped_machine.hpp"

#include <string>
#include <vector>

namespace runner {

/// A frame as it lies on the stack, without names of functions.
struct GuestFrame {
    std::uint64_t address = 0; ///< where it goes on
    std::uint64_t instruction =
        0;                      ///< what it executes: the call before that, or what was interrupted
    bool user = false;          ///< of the program
    std::string image = {};     ///< of the program: a file's name; empty when not known
    std::uint64_t in_image = 0; ///< the instruction, as the file has it
    unsigned repeated = 0;      ///< not 0: so many frames more were at the address before
};

/// Frames innermost first, as far as the tables and the memory tell. `program` is the name of the
/// file that the task runs, `files` has that and its libraries: their tables are read where the
/// machine has not loaded them. `page_table` is the program's; 0 for none.
std::vector<GuestFrame> walk_guest_stack(unwind::Frame frame, KernelImage const& kernel,
                                         StoppedMachine& machine, std::uint64_t page_table,
                                         std::string const& program, ProgramLines& files);

} // namespace runner
