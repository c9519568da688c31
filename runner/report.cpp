// What the kernel tells the runner over the debug port, and the verdict on a finished machine.
#include "runner/report.hpp"

#include <charconv>

#include <fmt/format.h>

namespace runner {
namespace {

// isa-debug-exit ends QEMU with (value << 1) | 1.
constexpr int qemu_orderly = (0x10 << 1) | 1;
constexpr int qemu_panic = (0x11 << 1) | 1;

} // namespace

void Report::line(std::string const& record) {
    lines_.push_back(record);
    std::string_view const text = record;
    auto const space = text.find(' ');
    auto const word = text.substr(0, space);
    auto const rest = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
    if (word == "exit") {
        int status = 0;
        auto const [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), status);
        if (error == std::errc{} && status >= 0 && status <= 255)
            exit_ = status;
    } else if (word == "panic") {
        panic_ = std::string(rest);
    } else if (word == "poweroff" || word == "reboot" || word == "halt") {
        power_off_ = true;
    } else if (word == "start") {
        started_ = true;
    }
}

Ending Report::ending(int qemu_status) const {
    using enum Ending::Kind;
    if (panic_)
        return {panic, 0, *panic_};
    if (qemu_status == qemu_panic)
        return {panic, 0, "no reason given"};
    if (exit_)
        return {exited, *exit_, {}};
    if (power_off_)
        return {power_off, 0, {}};
    if (qemu_status == qemu_orderly)
        return {crashed, 0, "the kernel left without saying why"};
    if (qemu_status == 0)
        return {crashed, 0,
                started_ ? "the machine reset itself (a triple fault?)"
                         : "the machine reset itself before the kernel began"};
    return {crashed, 0, fmt::format("QEMU ended with status {}", qemu_status)};
}

std::vector<std::string> Report::records(std::string_view word) const {
    std::vector<std::string> found;
    for (std::string_view const line : lines_)
        if (line.starts_with(word) && line.size() > word.size() && line[word.size()] == ' ')
            found.emplace_back(line.substr(word.size() + 1));
    return found;
}

} // namespace runner
