// What the guest's root file system holds: Debian's busybox, and the /init that starts a program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runner {

/// How the program's standard streams reach the host.
enum class Streams {
    terminal, ///< one virtio console, /dev/hvc0, as controlling terminal
    separate, ///< one virtio port each for stdin, stdout and stderr
    console,  ///< not at all: the terminal behind /dev/console, such as the screen's tty1
};

/// The initramfs that is used unless the user gives one: /bin/busybox byte for byte from the
/// host's busybox-static, a link for each of its applets but those for services and jobs, which we
/// have ourselves, the directories a program expects, and `programs`, each as PATH=FILE; what may
/// be executed here may be there.
std::string base_initramfs(std::vector<std::string> const& programs = {});

/// An archive to be put behind an initramfs, with an /init that mounts what programs expect, runs
/// `command` on `streams` and ends with its status. `shell` is the busybox to use in the guest; if
/// it is own_busybox, the archive brings it along.
std::string init_overlay(std::vector<std::string> const& command, Streams streams,
                         std::string_view shell, std::string_view terminal_type);

inline constexpr std::string_view base_busybox = "/bin/busybox";
inline constexpr std::string_view own_busybox = "/.linnet/busybox";

/// An archive filled up so that another may follow it.
std::string padded(std::string archive);

/// The text of that /init. On Streams::console it powers the machine off afterwards, unless
/// linnet.exit=report stands on the kernel's command line.
std::string init_script(std::vector<std::string> const& command, Streams streams,
                        std::string_view shell, std::string_view terminal_type);

} // namespace runner
