// How the tests here start a machine: the runner, with further words from the environment.
#pragma once

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

namespace terminal {

/// `linnet-runner run OPTIONS...`. LINNET_RUNNER names it; LINNET_RUN_OPTIONS can add options, such
/// as those that boot Linux instead.
inline std::vector<std::string> run_command(std::vector<std::string> const& options) {
    char const* const runner = std::getenv("LINNET_RUNNER");
    std::vector<std::string> words{runner ? runner : "linnet-runner", "run"};
    if (char const* const more = std::getenv("LINNET_RUN_OPTIONS")) {
        std::istringstream text(more);
        for (std::string word; text >> word;)
            words.push_back(word);
    }
    words.insert(words.end(), options.begin(), options.end());
    return words;
}

} // namespace terminal
