// Kernel bugs on a whole machine: who dies of them, who hears of it, and that all others go on.
#include "runner/os.hpp"
#include "tests/terminal/machine.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

/// Runs shell commands on a machine with /dev/provoke; gives the status and all that was said.
runner::Captured run(std::string const& script, std::vector<std::string> const& options = {}) {
    std::vector<std::string> words{"--timeout", "60", "--append", "linnet.provoke=1"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"--", "sh", "-c", script});
    std::string line;
    for (auto const& word : terminal::run_command(words))
        line += fmt::format("'{}' ", word);
    return runner::capture({"/bin/sh", "-c", line + "</dev/null 2>&1"}, runner::Echo::no);
}

#define EXPECT_SAYS(result, text)                                                                  \
    EXPECT_NE((result).output.find(text), std::string::npos) << (result).output

TEST(Containment, ABugKillsItsProcessAndNothingElse) {
    auto const result = run("for kind in panic null divide overflow; do"
                            " (echo $kind >/dev/provoke; echo not reached); echo $kind $?; done;"
                            " echo nonsense >/dev/provoke || echo refused; echo alive; exit 3");
    EXPECT_EQ(result.status, 3);
    for (auto const* const kind : {"panic", "null", "divide", "overflow"})
        EXPECT_SAYS(result, fmt::format("{} 137\n", kind));
    EXPECT_EQ(result.output.find("not reached"), std::string::npos);
    EXPECT_SAYS(result, "refused\n");
    EXPECT_SAYS(result, "alive\n");
    EXPECT_SAYS(result, "linnet: a kernel bug killed sh[");
    EXPECT_SAYS(result, "]: null pointer in system call write\n");
    EXPECT_SAYS(result, "]: divide error in system call write\n");
    EXPECT_SAYS(result, "]: kernel stack overflow in system call write\n");
}

TEST(Containment, TheConsoleNamesProcessPidAndBugEvenWhenQuiet) {
    auto const result = run("echo null >/dev/provoke", {"--log", "--append", "quiet"});
    EXPECT_EQ(result.status, 137) << result.output;
    EXPECT_SAYS(result, "]: killed by a kernel bug in system call write: null pointer");
}

} // namespace
