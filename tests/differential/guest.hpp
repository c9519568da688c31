// Runs all cases inside one system under test and brings their results out over its serial console.
#pragma once

#include "runner/virtual_machine.hpp"
#include "tests/differential/cases.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace differential {

struct Outcome {
    int status = 0;
    std::string output;
    std::string error;
    std::string failure; ///< a hang, a bug in the kernel or its end, with its log
    std::string log;     ///< what the kernel said meanwhile
    double seconds = 0;  ///< of the host, with the transfer

    /// Whether a user would see a difference: log and time do not count.
    friend bool operator==(Outcome const& a, Outcome const& b) {
        return a.status == b.status && a.output == b.output && a.error == b.error &&
               a.failure == b.failure;
    }
};

/// By case number.
using Outcomes = std::map<std::size_t, Outcome>;

/// Reads the console: frames of results, and anything else, which is log.
class FrameReader {
public:
    void line(std::string const& text);

    Outcomes outcomes;
    std::size_t running = 0; ///< the case begun last
    bool finished = false;   ///< all cases have run
    std::string rest;        ///< lines that belong to no frame, since that case began

private:
    enum class In { nothing, output, error };

    In in_ = In::nothing;
    std::size_t output_size_ = 0;
    std::size_t error_size_ = 0;
    Outcome current_;
    std::chrono::steady_clock::time_point start_;
};

std::string decode_base64(std::string_view text);

/// The archive with scripts and driver that is put behind the base initramfs.
std::string case_archive(std::vector<Case> const& cases, std::size_t first);

/// Boots `setup` as often as needed to get a result for each case.
Outcomes run_cases(runner::Setup setup, std::string const& base, std::vector<Case> const& cases,
                   std::string_view who);

} // namespace differential
