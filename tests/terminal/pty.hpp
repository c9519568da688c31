// A program on a pseudo-terminal, driven like a person would: type, and wait for what appears.
#pragma once

#include "runner/os.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>
#include <termios.h>

namespace terminal {

class Pty {
public:
    /// Starts `arguments` as leader of a session whose terminal is new and has this size.
    explicit Pty(std::vector<std::string> const& arguments, unsigned rows = 24,
                 unsigned columns = 80);
    Pty(Pty const&) = delete;
    ~Pty();

    void type(std::string_view keys);

    /// Waits until `text` has appeared after everything that was expected before; false if it has
    /// not come in time. Then it prints where the tasks of a machine of ours are.
    bool expect(std::string_view text, std::chrono::seconds patience = std::chrono::seconds(30));

    /// True if `text` does not appear within `time`.
    bool silent(std::string_view text, std::chrono::milliseconds time);

    void resize(unsigned rows, unsigned columns);

    /// Waits for the program's end: its exit code or 128 + signal.
    int wait();

    termios mode() const;

    /// Everything that has appeared, with control characters made visible.
    std::string transcript() const;

private:
    void print_tasks() const;

    /// Reads what there is, waiting at most until `deadline`; false at its end.
    bool read_until(std::chrono::steady_clock::time_point deadline);

    runner::Descriptor master_;
    runner::Descriptor slave_; ///< kept open so that the terminal's mode can be looked at
    pid_t process_ = -1;
    std::string runner_; ///< that has a machine; empty if the program is another
    std::string seen_;
    std::size_t expected_ = 0; ///< where in seen_ the next expectation begins
};

} // namespace terminal
