// The one exception of the runner: what went wrong and what to try next.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace runner {

/// Ends the command with exit code 125. `advice` is the next thing to try; it may be empty.
class Failure : public std::runtime_error {
public:
    explicit Failure(std::string const& cause, std::string advice = {})
        : std::runtime_error(cause), advice_(std::move(advice)) {}

    std::string const& advice() const { return advice_; }

private:
    std::string advice_;
};

/// Exit codes of our own, beside those of the guest's program (see `run --help`).
inline constexpr int exit_timeout = 124;
inline constexpr int exit_failure = 125;

} // namespace runner
