// mkdir: makes directories.
#include "user/options/options.hpp"
#include "user/os/file.hpp"

namespace {

constexpr Option options[] = {{'p', "parents", "with those above; no error when it is there"},
                              {'m', "mode", "permissions, octal, whatever the umask is", "MODE"},
                              {'v', "verbose", "say what is made"}};

} // namespace

int main() {
    CommandLine const line("DIRECTORY...", "Makes directories.", options);
    line.need_operands(1);
    std::optional<u64> mode;
    if (auto const text = line.value('m')) {
        mode = parse_octal(*text);
        if (!mode || *mode > 07777)
            os::die(2, "'{}' is no mode: write it as 755", *text);
    }
    for (auto const path : line.operands()) {
        bool const was_there = os::exists(path);
        auto const made = line.has('p') ? os::make_directories(path) : os::make_directory(path);
        if (!made) {
            complain(path, made.error());
            continue;
        }
        if (mode && !was_there)
            if (auto const changed = os::change_mode(path, os::Mode(static_cast<u32>(*mode)));
                !changed)
                complain(path, changed.error());
        if (line.has('v') && !was_there)
            os::print("made {}\n", path);
    }
    return exit_status();
}
