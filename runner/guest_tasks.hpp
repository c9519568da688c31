// The tasks of a stopped machine, as its kernel keeps them.
#pragma once

#include "libs/unwind/registers.hpp"
#include "runner/kernel_image.hpp"
#include "runner/kernel_object.hpp"
#include "runner/stopped_machine.hpp"

#include <optional>
#include <string>
#include <vector>

namespace runner {

/// A thread of a program or of the kernel.
struct GuestTask {
    std::uint64_t address = 0; ///< of its task::Thread
    std::string name = {};
    int process = 0; ///< 0: a thread of the kernel
    int thread = 0;
    std::string state = {};
    std::optional<std::size_t> cpu = {}; ///< that runs it
    unwind::Frame frame = {};            ///< where it is, or where it will go on
    std::string program = {};            ///< the name of the file that it runs
    std::uint64_t page_table = 0;        ///< of its program; 0: none
};

struct GuestTasks {
    std::vector<GuestTask> tasks;      ///< of programs by number, then the kernel's
    std::vector<std::string> problems; ///< what could not be read
};

/// Reads no more than memory; needs nothing of the guest. `kernel_memory` shows the kernel's half.
GuestTasks read_tasks(KernelImage const& kernel, Types const& types, StoppedMachine& machine,
                      GuestMemory const& kernel_memory);

} // namespace runner
