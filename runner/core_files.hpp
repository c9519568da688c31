// Core dumps as they come out of the machine, into files.
#pragma once

#include "runner/os.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runner {

/// Takes "NAME SIZE\n" and SIZE bytes, again and again.
class CoreFiles {
public:
    explicit CoreFiles(std::string directory) : directory_(std::move(directory)) {}

    void feed(std::string_view bytes);

    /// At the machine's end: what the user should know of each dump.
    std::vector<std::string> finish();

private:
    void begin(std::string const& line);
    void end();
    void fail(); ///< by errno
    void take(std::string_view bytes);

    std::string directory_;
    std::string line_;
    std::string path_;
    Descriptor file_;
    std::uint64_t left_ = 0;
    bool failed_ = false; ///< the rest cannot be told apart, or written
    std::vector<std::string> messages_;
};

} // namespace runner
