// `run --strace` prints each call with its result, and for an error the source line that decided
// it.
#include "runner/os.hpp"
#include "tests/boot/calls.hpp"
#include "tests/terminal/machine.hpp"

#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace {

struct Traced {
    int status = 0;
    std::string output;
    std::string trace; ///< stderr
};

Traced trace(std::vector<std::string> const& command, std::vector<std::string> options = {}) {
    auto const file = fmt::format("{}linnet-{}-strace", testing::TempDir(), getpid());
    options.insert(options.end(), {"--strace", "--timeout", "60", "--"});
    options.insert(options.end(), command.begin(), command.end());
    std::string line;
    for (auto const& word : terminal::run_command(options))
        line += fmt::format("'{}' ", word);
    auto const result = runner::capture(
        {"/bin/sh", "-c", fmt::format("{} </dev/null 2>{}", line, file)}, runner::Echo::no);
    Traced traced{result.status, result.output, runner::read_file(file)};
    unlink(file.c_str());
    return traced;
}

/// Line `number` of a file of this repository.
std::string source_line(std::string const& path, int number) {
    std::ifstream file(LINNET_SOURCE "/" + path);
    std::string line;
    while (number-- > 0)
        if (!std::getline(file, line))
            return {};
    return line;
}

TEST(Strace, ShowsCallsWithArgumentsAndResults) {
    auto const traced = trace({"sh", "-c", "echo hello >/tmp/f; exec cat /tmp/f"});
    EXPECT_EQ(traced.status, 0);
    EXPECT_EQ(traced.output, "hello\n");
    for (auto const* const expected :
         {R"(\[\d+\] openat\(AT_FDCWD, "/tmp/f", O_WRONLY\|O_CREAT\|O_TRUNC.*, 438\) = \d+)",
          R"(\[\d+\] write\(1, "hello\\n", 6\) = 6)",
          R"(\[\d+\] execve\("/proc/self/exe", .*\) = 0)", R"(\[\d+\] exit_group\(0\) = \?)"})
        EXPECT_TRUE(std::regex_search(traced.trace, std::regex(expected))) << expected << "\n"
                                                                           << traced.trace;
}

TEST(Strace, AnErrorNamesTheSourceLineThatDecidedIt) {
    auto const traced = trace({"sh", "-c", "cat /nosuch; kill -9 99999; exit 3"});
    EXPECT_EQ(traced.status, 3);

    struct Expected {
        char const* call;
        char const* decided; ///< what stands on that line
    };

    for (auto const& [call, decided] :
         {Expected{R"(openat\(AT_FDCWD, "/nosuch", .*\) = -ENOENT)", "enoent"},
          Expected{R"(kill\(99999, SIGKILL\) = -ESRCH)", "esrch"}}) {
        std::smatch found;
        std::regex const wanted(std::string(call) + R"(\s.*?(kernel/\S+\.cpp):(\d+))");
        ASSERT_TRUE(std::regex_search(traced.trace, found, wanted)) << call << "\n" << traced.trace;
        EXPECT_NE(source_line(found[1], std::stoi(found[2])).find(decided), std::string::npos)
            << found[0];
    }
}

// A5.1; the screen is in tests/screen/screen_test.cpp, and there are no sockets.
TEST(Strace, AProgramMakesTheSameCallsWhateverItsOutputIs) {
    auto const traced = trace(
        {"sh", "-c",
         "cd /tmp; c=/linnet/bin/cat; echo one >f; echo two >>f; $c f >copy; $c f | cmp - f; "
         "$c f >/dev/console; $c f >/dev/ttyS0; /linnet/tests/bin/pty $c f; cmp copy f; $c f"},
        {"--initrd", LINNET_BUILD "/tests/user.cpio"});
    EXPECT_EQ(traced.status, 0);
    EXPECT_EQ(traced.output, "one\ntwo\none\ntwo\n");
    auto const calls = calls_of(traced.trace, "/linnet/bin/cat");
    ASSERT_EQ(calls.size(), 6u) << traced.trace;
    EXPECT_NE(calls[0].find("write(1, \"one\\ntwo\\n\", 8) = 8"), std::string::npos) << calls[0];
    for (auto const& one : calls)
        EXPECT_EQ(one, calls[0]);
}

} // namespace
