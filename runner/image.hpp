// Bootable media: an ISO with GRUB that starts the kernel by multiboot2, on a BIOS and on UEFI.
#pragma once

#include <string>

namespace runner {

struct ImageContent {
    std::string kernel; ///< path; what debuggers need is left out of the copy
    std::string initrd; ///< path; empty for none
    std::string words;  ///< the kernel's command line
};

/// Writes the ISO to `path`. Throws Failure when a tool is missing or fails, and for words that
/// GRUB cannot pass.
void write_image(ImageContent const& content, std::string const& path);

/// GRUB's configuration file for it: no menu, one entry.
std::string grub_configuration(bool initrd, std::string const& words);

/// What the user said to `linnet image`.
struct ImageOptions {
    std::string output = "linnet.iso";
    std::string kernel; ///< empty: the one we built
    std::string initrd; ///< empty: busybox and a shell on the console
    std::string append;
};

/// Runs `linnet image`; returns the exit code for the shell.
int image(ImageOptions const& options);

} // namespace runner
