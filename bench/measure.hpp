// Machines that count: the numbers of one kernel.
#pragma once

#include "bench/table.hpp"

#include <string>
#include <vector>

namespace bench {

/// What a measurement starts from.
struct Subject {
    std::string name;      ///< for messages
    std::string kernel;    ///< path
    std::string initramfs; ///< the archive's bytes, with the measuring program as /init
    std::vector<std::string> more_for_qemu = {};
};

/// The initramfs with the measuring program as its /init.
std::string counting_initramfs(std::string const& base, std::string const& program);

/// Boots a PC whose clock counts instructions, with `arguments` for the measuring program, and
/// returns what that printed. Throws Failure with the end of the log when it did not finish.
Numbers count_instructions(Subject const& subject, std::vector<std::string> const& arguments);

/// The log of an in-kernel test on such a machine. Throws Failure when the test did not pass.
std::string log_of_kernel_test(std::string const& kernel, std::string const& name);

/// The smallest memory in MiB with which the kernel reaches a shell's prompt on microvm.
double smallest_memory(std::string const& kernel, std::string const& initramfs);

/// Bytes of the kernel's file without symbols and debugging data; `scratch` is overwritten.
double stripped_size(std::string const& kernel, std::string const& scratch);

} // namespace bench
