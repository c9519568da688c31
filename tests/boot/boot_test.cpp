// Boots on every machine, from 32 MiB to 16 GiB and with 1, 2 and 4 CPUs; what cannot boot says
// why.
#include "runner/archive.hpp"
#include "runner/os.hpp"
#include "tests/terminal/machine.hpp"
#include "tests/terminal/pty.hpp"

#include <array>
#include <cctype>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using terminal::Pty;

/// Where Linnet must start: machine, CPUs, and memory in MiB.
struct Shape {
    std::string machine;
    int cpus;
    int memory;

    friend void PrintTo(Shape const& shape, std::ostream* out) {
        *out << fmt::format("{}, {} CPUs, {} MiB", shape.machine, shape.cpus, shape.memory);
    }
};

class Boot : public testing::TestWithParam<Shape> {};

// A13.1: by direct boot, BIOS and UEFI.
TEST_P(Boot, ReachesThePromptWithAllCpusAndMemory) {
    auto const& shape = GetParam();
    Pty pty(terminal::run_command({"--machine", shape.machine, "-c", std::to_string(shape.cpus),
                                   "-m", fmt::format("{}M", shape.memory)}));
    ASSERT_TRUE(pty.expect("# ", 90s)) << pty.transcript();
    // The kernel, the initramfs and (UEFI) the firmware keep some.
    int const least = (shape.memory - shape.memory / 32 - 24) * 1024;
    pty.type(fmt::format("nproc; echo $(($(awk '/MemTotal/ {{print $2}}' /proc/meminfo) > {}))\r",
                         least));
    EXPECT_TRUE(pty.expect(fmt::format("\r\n{}\r\n1\r\n", shape.cpus))) << pty.transcript();
    pty.type("exit 5\r");
    EXPECT_EQ(pty.wait(), 5) << pty.transcript();
}

constexpr std::array machines{"microvm", "microvm-acpi", "q35", "q35-qboot", "iso", "iso-uefi"};
constexpr std::array cpu_counts{1, 2, 4};

/// Little, some, and more than fits below 4 GiB.
int memory_of(std::string_view machine, std::size_t choice) {
    int const sizes[] = {machine == "iso-uefi" ? 64 : 32, 256, 16384};
    return sizes[choice % std::size(sizes)];
}

/// Every machine with every number of CPUs and with every size of memory, and these two with each
/// other, in as few boots as that takes.
std::vector<Shape> pairs() {
    std::vector<Shape> shapes;
    for (std::size_t i = 0; i < machines.size(); ++i)
        for (std::size_t j = 0; j < cpu_counts.size(); ++j)
            shapes.push_back({machines[i], cpu_counts[j], memory_of(machines[i], i + j)});
    return shapes;
}

std::vector<Shape> everything() {
    std::vector<Shape> shapes;
    for (auto const* const machine : machines)
        for (int const cpus : cpu_counts)
            for (std::size_t size = 0; size < 3; ++size)
                shapes.push_back({machine, cpus, memory_of(machine, size)});
    return shapes;
}

std::string name_of(testing::TestParamInfo<Shape> const& of) {
    std::string name = of.param.machine;
    std::erase_if(name, [](unsigned char c) { return !std::isalnum(c); });
    return fmt::format("{}_{}cpu_{}M", name, of.param.cpus, of.param.memory);
}

INSTANTIATE_TEST_SUITE_P(Pairs, Boot, testing::ValuesIn(pairs()), name_of);
// The long form: linnet-boot-test --gtest_also_run_disabled_tests --gtest_filter='*Matrix*'
INSTANTIATE_TEST_SUITE_P(DISABLED_Matrix, Boot, testing::ValuesIn(everything()), name_of);

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
    auto const sleeper = result.output.find("\nsleep[");
    ASSERT_NE(sleeper, std::string::npos) << result.output;
    EXPECT_NE(result.output.find("nanosleep", sleeper), std::string::npos) << result.output;
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

/// An initramfs whose /init is no program, so that the command line decides what is started.
std::string initramfs_with_bad_init() {
    auto const path = scratch("bad-init.cpio");
    runner::ArchiveWriter archive;
    archive.directory("dev", 0755);
    archive.directory("bin", 0755);
    archive.file("bin/busybox", 0755, runner::read_file("/bin/busybox"));
    archive.symlink("bin/false", "busybox");
    archive.file("init", 0755, "not a program\n");
    runner::write_file(path, archive.finish());
    return path;
}

/// Boots with further words on the kernel's command line.
runner::Captured boot_with(std::string const& words, std::string const& initrd = {}) {
    std::vector<std::string> options{"--timeout", "30", "--append", words};
    if (initrd.empty())
        options.insert(options.end(), {"--", "true"});
    else
        options.insert(options.end(), {"--initrd", initrd});
    return run(options);
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

TEST(Failing, RequestedInitThatIsNotThere) {
    auto const early = boot_with("rdinit=/nosuch init=/bin/sh");
    EXPECT_EQ(early.status, 125) << early.output;
    EXPECT_NE(early.output.find("panicked: Requested init /nosuch failed (error -ENOENT): rdinit="),
              std::string::npos)
        << early.output;
    auto const late = boot_with("init=/missing", initramfs_with_bad_init());
    EXPECT_EQ(late.status, 125) << late.output;
    EXPECT_NE(late.output.find("Failed to execute /init (error -ENOEXEC)"), std::string::npos)
        << late.output;
    EXPECT_NE(late.output.find("panicked: Requested init /missing failed (error -ENOENT): init="),
              std::string::npos)
        << late.output;
}

TEST(Failing, InitIsTriedAfterTheInitramfs) {
    auto const result = boot_with("init=/bin/false", initramfs_with_bad_init());
    EXPECT_EQ(result.status, 1) << result.output;
}

struct BadWord {
    std::string word;
    std::string wanted; ///< how the message goes on
};

void PrintTo(BadWord const& bad, std::ostream* out) {
    *out << bad.word;
}

class BadCommandLine : public testing::TestWithParam<BadWord> {};

// The runner boots with `quiet`, which must not hide the reason.
TEST_P(BadCommandLine, EndsTheBootAndNamesTheWord) {
    auto const result = boot_with(GetParam().word);
    EXPECT_EQ(result.status, 125) << result.output;
    auto const reason =
        fmt::format("bad command line: \"{}\": {}", GetParam().word, GetParam().wanted);
    EXPECT_NE(result.output.find("panicked: " + reason), std::string::npos) << result.output;
}

INSTANTIATE_TEST_SUITE_P(Words, BadCommandLine,
                         testing::Values(BadWord{"mem=banana", "mem wants a size, such as 64M"},
                                         BadWord{"maxcpus=x", "maxcpus wants a number from 0"},
                                         BadWord{"loglevel=99z", "loglevel wants a number"},
                                         BadWord{"linnet.exit=nonsense",
                                                 "linnet.exit wants panic or report"},
                                         BadWord{"init=", "init wants a value"}));

TEST(Failing, MissingFilesAndOptionsAreNamed) {
    auto const initrd = run({"--initrd", "/nosuch.cpio"});
    EXPECT_EQ(initrd.status, 2);
    EXPECT_NE(initrd.output.find("/nosuch.cpio"), std::string::npos) << initrd.output;
    auto const machine = run({"--machine", "toaster"});
    EXPECT_EQ(machine.status, 125);
    EXPECT_NE(machine.output.find("microvm, q35, q35-qboot"), std::string::npos) << machine.output;
}

} // namespace
