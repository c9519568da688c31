// Finds the terminal behind the console.
#include "user/init/terminal_name.hpp"

#include "user/os/file.hpp"

#include <algorithm>

namespace {

bool is_device(std::string_view path) {
    auto const status = os::status(path);
    return status && status->type == os::FileType::character_device;
}

} // namespace

String terminal_name(std::string_view wish) {
    if (wish != "console")
        return wish;
    String found;
    auto const words = os::read_file("/proc/cmdline");
    constexpr std::string_view option = "console=";
    for (auto rest = words ? words->view() : std::string_view(); !rest.empty();) {
        auto word = rest.substr(0, rest.find_first_of(" \n"));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        if (!word.starts_with(option))
            continue;
        word.remove_prefix(option.size());
        found = "/dev/";
        found.append(word.substr(0, word.find(',')));
    }
    if (found == "/dev/tty0")
        found = "/dev/tty1";
    if (!found.empty() && is_device(found))
        return found;
    for (auto const* const path : {"/dev/tty1", "/dev/ttyS0", "/dev/hvc0"})
        if (is_device(path))
            return path;
    return "/dev/console";
}
