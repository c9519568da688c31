// Writes the unit of the program on the console.
#include "runner/console_unit.hpp"

#include "runner/archive.hpp"

#include <fmt/format.h>

namespace runner {
namespace {

/// busybox's ash would run its own applets of these names, of another init and another crond.
constexpr std::string_view shell_start = "alias svc=/linnet/bin/svc crond=/linnet/bin/crond "
                                         "crontab=/linnet/bin/crontab\n";

std::string toml_text(std::string_view text) {
    std::string quoted = "\"";
    for (char const character : text) {
        if (character == '"' || character == '\\')
            quoted += {'\\', character};
        else if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f)
            quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(character));
        else
            quoted += character;
    }
    return quoted + '"';
}

} // namespace

std::string console_unit(std::vector<std::string> const& command, Streams streams,
                         std::string_view terminal_type) {
    std::string unit = "description = \"what the machine was started for\"\ncommand = [";
    for (auto const& word : command)
        unit += (unit.ends_with('[') ? "" : ", ") + toml_text(word);
    unit += "]\n";
    switch (streams) {
    case Streams::terminal:
        unit += "terminal = \"/dev/hvc0\"\n";
        break;
    case Streams::console:
        unit += "terminal = \"console\"\n";
        break;
    case Streams::separate:
        unit += "input = \"/dev/vport0p1\"\n"
                "output = \"/dev/vport0p2\"\n"
                "error = \"/dev/vport0p3\"\n";
        break;
    }
    // Input that comes from a file or a pipe is not there a second time.
    unit += streams == Streams::separate ? "restart = \"never\"\n" : "restart = \"crash\"\n";
    return unit + fmt::format("directory = \"/root\"\n"
                              "environment = [\"HOME=/root\", \"ENV=/etc/shrc\", {}]\n"
                              "stop-signal = \"HUP\"\n"
                              "at-end = \"shutdown\"\n",
                              toml_text(fmt::format("TERM={}", terminal_type)));
}

std::string services_overlay(std::vector<std::string> const& command, Streams streams,
                             std::string_view terminal_type) {
    ArchiveWriter archive;
    archive.symlink("init", std::string(own_init));
    archive.directory("etc", 0755);
    archive.directory("etc/services", 0755);
    archive.file("etc/shrc", 0644, shell_start);
    archive.file("etc/services/console.toml", 0644, console_unit(command, streams, terminal_type));
    return archive.finish();
}

} // namespace runner
