// `linnet run`: boots the kernel and becomes the program that runs in it.
#pragma once

#include "runner/virtual_machine.hpp"

#include <optional>
#include <string>
#include <vector>

namespace runner {

/// What the user said on the command line; see the options in main.cpp.
struct RunOptions {
    std::string memory = "512M";
    unsigned cpus = 1;
    std::string machine = "microvm";
    std::string accelerator; ///< empty: the best there is
    std::string kernel;      ///< empty: the one we built
    std::string initrd;
    std::string root;
    std::vector<std::string> append;
    std::optional<std::string> display; ///< open a window; empty: of the kind that is there
    bool services = false;              ///< with Linnet's init; so it is without a command
    bool gdb = false;
    bool strace = false;
    bool backtrace = false; ///< of programs that a signal ends
    bool log = false;
    std::string log_json; ///< file for the log as JSON; empty for none
    std::string core;     ///< directory for core dumps; empty for none
    double timeout = 0;   ///< seconds; 0 for none
    std::vector<std::string> command;
};

/// The build directory this program lives in, with linnet.elf and initramfs.cpio.
std::string build_directory();

/// A setup and what must stay open while its machine runs.
struct Prepared {
    Setup setup;
    Descriptor root;
    Descriptor json_log;
};

/// Turns options into a setup; `on_terminal` says whether the program gets a terminal.
Prepared prepare(RunOptions const& options, bool on_terminal);

/// Runs the machine and returns the exit code for the shell.
int run(RunOptions const& options);

/// Says once per build directory that there is no KVM.
void mention_accelerator(std::string_view accelerator);

} // namespace runner
