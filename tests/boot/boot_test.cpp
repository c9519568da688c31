// Boots on every machine shape with 1, 2 and 4 CPUs, and what cannot boot says why.
#include "runner/archive.hpp"
#include "runner/os.hpp"
#include "tests/terminal/machine.hpp"
#include "tests/terminal/pty.hpp"

#include <cctype>
#include <string>
#include <tuple>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using terminal::Pty;

class Boot : public testing::TestWithParam<std::tuple<std::string, int>> {};

TEST_P(Boot, ReachesThePromptWithAllCpus) {
    auto const& [machine, cpus] = GetParam();
    Pty pty(terminal::run_command({"--machine", machine, "-c", std::to_string(cpus)}));
    ASSERT_TRUE(pty.expect("# ", 60s)) << pty.transcript();
    pty.type("nproc\r");
    EXPECT_TRUE(pty.expect(fmt::format("\r\n{}\r\n", cpus))) << pty.transcript();
    pty.type("exit 5\r");
    EXPECT_EQ(pty.wait(), 5) << pty.transcript();
}

std::string name_of(testing::TestParamInfo<Boot::ParamType> const& of) {
    std::string name = std::get<0>(of.param);
    std::erase_if(name, [](unsigned char c) { return !std::isalnum(c); });
    return fmt::format("{}_{}cpu", name, std::get<1>(of.param));
}

INSTANTIATE_TEST_SUITE_P(Machines, Boot,
                         testing::Combine(testing::Values("microvm", "q35", "q35-qboot", "iso",
                                                          "iso-uefi"),
                                          testing::Values(1, 2, 4)),
                         name_of);

/// A path for a file of this test's own.
std::string scratch(std::string_view name) {
    return fmt::format("{}linnet-{}-{}", testing::TempDir(), getpid(), name);
}

/// Runs without a terminal and gives exit status and all that was said.
runner::Captured run(std::vector<std::string> const& options,
                     std::string const& rest = "</dev/null 2>&1") {
    std::string line;
    for (auto const& word : terminal::run_command(options))
        line += fmt::format("'{}' ", word);
    return runner::capture({"/bin/sh", "-c", line + rest}, runner::Echo::no);
}

TEST(Streams, PassThroughByteForByteAndApart) {
    auto const error = scratch("error");
    auto const result = run({"--timeout", "60", "--", "sh", "-c", "cat; echo error >&2; exit 3"},
                            fmt::format("2>{} <<'X'\nline\n\\x80 tail\nX\n", error));
    EXPECT_EQ(result.status, 3);
    EXPECT_EQ(result.output, "line\n\\x80 tail\n");
    EXPECT_EQ(runner::read_file(error), "error\n");
}

TEST(Streams, CarryAMegabyteInBothDirections) {
    auto const file = scratch("big");
    std::string command;
    for (auto const& word : terminal::run_command({"--timeout", "90", "--", "cat"}))
        command += fmt::format("'{}' ", word);
    auto const result = runner::capture(
        {"/bin/sh", "-c",
         fmt::format("head -c 1000000 /dev/urandom >{0}; {1} <{0} | cmp - {0} && echo same; rm {0}",
                     file, command)},
        runner::Echo::no);
    EXPECT_EQ(result.output, "same\n");
}

TEST(Streams, ASignalThatEndsTheCommandIsItsStatus) {
    EXPECT_EQ(run({"--timeout", "60", "--", "sh", "-c", "kill -TERM $$"}).status, 128 + 15);
    EXPECT_EQ(run({"--timeout", "60", "--", "nosuchprogram"}).status, 127);
}

TEST(Streams, PowerOffIsASuccess) {
    EXPECT_EQ(run({"--timeout", "60", "--", "poweroff", "-f"}).status, 0);
    EXPECT_EQ(run({"--timeout", "60", "--", "reboot", "-f"}).status, 0);
}

TEST(Timeout, EndsAHangWithTheLog) {
    auto const result = run({"--timeout", "8", "--", "sleep", "1000"});
    EXPECT_EQ(result.status, 124);
    EXPECT_NE(result.output.find("no end after 8 seconds"), std::string::npos) << result.output;
    EXPECT_NE(result.output.find(" log"), std::string::npos) << result.output;
}

TEST(Failing, CorruptInitrd) {
    auto const path = scratch("corrupt.cpio");
    runner::write_file(path, std::string(5000, 'x'));
    auto const result = run({"--timeout", "30", "--initrd", path});
    EXPECT_EQ(result.status, 125) << result.output;
    EXPECT_NE(result.output.find("nitramfs"), std::string::npos) << result.output;
}

TEST(Failing, TruncatedInitrd) {
    auto const path = scratch("truncated.cpio");
    runner::ArchiveWriter archive;
    archive.directory("dev", 0755);
    archive.file("init", 0755, std::string(20000, 'x'));
    runner::write_file(path, archive.finish().substr(0, 9000));
    auto const result = run({"--timeout", "30", "--initrd", path});
    EXPECT_EQ(result.status, 125) << result.output;
    EXPECT_NE(result.output.find("nitramfs"), std::string::npos) << result.output;
}

TEST(Failing, MissingInit) {
    auto const path = scratch("empty.cpio");
    runner::ArchiveWriter archive;
    archive.directory("dev", 0755);
    runner::write_file(path, archive.finish());
    auto const result =
        run({"--timeout", "30", "--initrd", path, "--append", "rdinit=/nosuch", "--", "true"});
    EXPECT_EQ(result.status, 125) << result.output;
    EXPECT_NE(result.output.find("init"), std::string::npos) << result.output;
    EXPECT_NE(result.output.find("panicked"), std::string::npos) << result.output;
}

TEST(Failing, BadCommandLine) {
    auto const result =
        run({"--timeout", "30", "--append", "rdinit=/nosuch init=/nosuch", "--", "true"});
    EXPECT_EQ(result.status, 125) << result.output;
    EXPECT_NE(result.output.find("/nosuch"), std::string::npos) << result.output;
    EXPECT_NE(result.output.find("panicked"), std::string::npos) << result.output;
}

TEST(Failing, MissingFilesAndOptionsAreNamed) {
    auto const initrd = run({"--initrd", "/nosuch.cpio"});
    EXPECT_EQ(initrd.status, 2);
    EXPECT_NE(initrd.output.find("/nosuch.cpio"), std::string::npos) << initrd.output;
    auto const machine = run({"--machine", "toaster"});
    EXPECT_EQ(machine.status, 125);
    EXPECT_NE(machine.output.find("microvm, q35, q35-qboot"), std::string::npos) << machine.output;
}

} // namespace
