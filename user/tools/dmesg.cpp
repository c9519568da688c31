// dmesg: shows the kernel's log.
#include "user/options/options.hpp"
#include "user/os/system.hpp"

namespace {

constexpr Option options[] = {{'r', "raw", "with the priority before each line"},
                              {'l', "level", "only what is so important or more: 0 to 7", "LEVEL"}};

constexpr u64 error_level = 3;
constexpr u64 warning_level = 4;

/// "<4>text": the lowest three bits are the level; lines without are as the one before.
u64 take_level(std::string_view& line, u64 before) {
    auto const end = line.find('>');
    if (!line.starts_with('<') || end == line.npos)
        return before;
    auto const number = parse_number(line.substr(1, end - 1));
    if (!number)
        return before;
    line.remove_prefix(end + 1);
    return *number & 7;
}

} // namespace

int main() {
    CommandLine const command("", "Shows the kernel's log.", options);
    command.need_operands(0, 0);
    u64 most = 7;
    if (auto const text = command.value('l')) {
        auto const level = parse_number(*text);
        if (!level || *level > 7)
            os::die(2, "'{}' is no level: 0 is the most important, 7 the least", *text);
        most = *level;
    }
    auto const log = os::kernel_log();
    if (!log)
        os::die(1, "the kernel's log: {}", log.error());
    Colours const colours;
    os::BufferedOut out(os::out);
    u64 level = 7;
    for (auto rest = log->view(); !rest.empty();) {
        auto const end = rest.find('\n');
        auto const whole = rest.substr(0, end);
        rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
        auto text = whole;
        level = take_level(text, level);
        if (level > most)
            continue;
        auto const colour = level <= error_level     ? colours.bad()
                            : level == warning_level ? colours.warning()
                                                     : std::string_view();
        out.print("{}{}{}\n", colour, command.has('r') ? whole : text,
                  colour.empty() ? "" : colours.end());
    }
    out.flush();
    return exit_status();
}
