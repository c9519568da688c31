// A machine with a screen, driven through QEMU's monitor (QMP).
#include "tests/screen/machine.hpp"

#include "tests/screen/picture.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <unistd.h>

namespace screen_test {
namespace {

using Clock = std::chrono::steady_clock;

/// A character's key on a US keyboard, by QEMU's name, with Shift or without.
std::vector<std::string> keys_of(char character) {
    struct Sign {
        char plain;
        char shifted;
        char const* name;
    };

    static constexpr Sign signs[] = {
        {'1', '!', "1"},
        {'2', '@', "2"},
        {'3', '#', "3"},
        {'4', '$', "4"},
        {'5', '%', "5"},
        {'6', '^', "6"},
        {'7', '&', "7"},
        {'8', '*', "8"},
        {'9', '(', "9"},
        {'0', ')', "0"},
        {'-', '_', "minus"},
        {'=', '+', "equal"},
        {'[', '{', "bracket_left"},
        {']', '}', "bracket_right"},
        {';', ':', "semicolon"},
        {'\'', '"', "apostrophe"},
        {'`', '~', "grave_accent"},
        {'\\', '|', "backslash"},
        {',', '<', "comma"},
        {'.', '>', "dot"},
        {'/', '?', "slash"},
        {' ', ' ', "spc"},
    };
    auto const byte = static_cast<unsigned char>(character);
    if (std::isalpha(byte)) {
        std::string const name(1, static_cast<char>(std::tolower(byte)));
        return std::isupper(byte) ? std::vector<std::string>{"shift", name} : std::vector{name};
    }
    for (auto const& sign : signs) {
        if (sign.plain == character)
            return {sign.name};
        if (sign.shifted == character)
            return {"shift", sign.name};
    }
    throw std::runtime_error("no key for a character");
}

runner::Setup with_monitor(runner::Setup setup) {
    setup.monitor = true;
    setup.streams = runner::Streams::console;
    return setup;
}

} // namespace

Machine::Machine(runner::Setup setup)
    : machine_(runner::VirtualMachine::start(with_monitor(std::move(setup)))) {
    read_line(); // the greeting
    command(R"({"execute":"qmp_capabilities"})");
}

std::string Machine::read_line() {
    auto const deadline = Clock::now() + std::chrono::seconds(30);
    for (;;) {
        if (auto const end = received_.find('\n'); end != std::string::npos) {
            auto const line = received_.substr(0, end);
            received_.erase(0, end + 1);
            return line;
        }
        pollfd ready{machine_.monitor.number(), POLLIN, 0};
        char block[4096];
        if (Clock::now() > deadline || poll(&ready, 1, 1000) < 0)
            throw std::runtime_error("QEMU's monitor does not answer");
        auto const got = read(machine_.monitor.number(), block, sizeof block);
        if (got == 0)
            throw std::runtime_error("QEMU has ended\n" + transcript());
        if (got > 0)
            received_.append(block, static_cast<std::size_t>(got));
    }
}

/// Sends a command and waits for its answer; events in between do not matter here.
void Machine::command(std::string const& json) {
    if (write(machine_.monitor.number(), json.data(), json.size()) !=
        static_cast<ssize_t>(json.size()))
        throw std::runtime_error("QEMU's monitor does not listen");
    for (;;) {
        auto const line = read_line();
        if (line.starts_with("{\"return\""))
            return;
        if (line.starts_with("{\"error\""))
            throw std::runtime_error("QEMU's monitor: " + line);
    }
}

std::vector<std::string> Machine::screen() {
    auto const path = directory_.path() + "/screen.ppm";
    command(fmt::format(R"({{"execute":"screendump","arguments":{{"filename":"{}"}}}})", path));
    return read_picture(runner::read_file(path));
}

bool Machine::shows(std::string_view text, std::chrono::seconds patience) {
    auto const deadline = Clock::now() + patience;
    do {
        auto const rows = screen();
        if (std::ranges::any_of(rows, [&](auto const& row) { return row.contains(text); }))
            return true;
        usleep(50'000);
    } while (Clock::now() < deadline);
    return false;
}

bool Machine::type(std::string_view text) {
    // The keyboard holds 16 bytes: a few characters at a time, each few seen before the next.
    constexpr std::size_t few = 2;
    for (std::size_t at = 0; at < text.size(); at += few) {
        auto const end = std::min(at + few, text.size());
        for (auto const i : text.substr(at, end - at)) {
            auto const keys = keys_of(i);
            if (keys.size() == 2)
                press({keys[0], keys[1]});
            else
                press({keys[0]});
        }
        auto shown = text.substr(0, end);
        shown = shown.substr(0, shown.find_last_not_of(' ') + 1); // spaces at the end do not show
        if (!shows(shown, std::chrono::seconds(30)))
            return false;
    }
    return true;
}

void Machine::press(std::initializer_list<std::string_view> keys) {
    std::vector<std::string> list;
    for (auto const key : keys)
        list.push_back(fmt::format(R"({{"type":"qcode","data":"{}"}})", key));
    command(fmt::format(R"({{"execute":"send-key","arguments":{{"hold-time":10,"keys":[{}]}}}})",
                        fmt::join(list, ",")));
}

std::string const& Machine::log() {
    char block[4096];
    for (ssize_t got = 0; (got = read(machine_.log.number(), block, sizeof block)) > 0;)
        log_.append(block, static_cast<std::size_t>(got));
    return log_;
}

std::string Machine::transcript() {
    std::string text = "--- screen ---\n";
    try {
        for (auto const& row : screen())
            text += row + '\n';
    } catch (std::exception const& gone) {
        text += gone.what();
    }
    return text + "--- log ---\n" + log();
}

} // namespace screen_test
