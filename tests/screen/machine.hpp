// A machine with a screen, driven like a person would: look at the screen, press keys.
#pragma once

#include "runner/virtual_machine.hpp"

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace screen_test {

class Machine {
public:
    /// Boots from an ISO. `setup` says how; screen, keyboard and monitor are added.
    explicit Machine(runner::Setup setup);

    /// The screen as text.
    std::vector<std::string> screen();

    /// Waits until `text` stands in some row of the screen; false if it has not come in time.
    bool shows(std::string_view text, std::chrono::seconds patience = std::chrono::seconds(60));

    /// Types characters, and waits until what was typed shows as one row's end, as it does with
    /// echo.
    bool type(std::string_view text);

    /// Presses keys together, by QEMU's names ("ctrl", "c").
    void press(std::initializer_list<std::string_view> keys);

    /// The kernel's log so far, as the serial port had it.
    std::string const& log();

    /// The screen and the log, for failures.
    std::string transcript();

private:
    void command(std::string const& json);
    std::string read_line();

    runner::TemporaryDirectory directory_;
    runner::VirtualMachine machine_;
    std::string received_;
    std::string log_;
};

} // namespace screen_test
