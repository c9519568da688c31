// The verdict on a machine from its records and QEMU's exit code.
#include "runner/report.hpp"

#include <gtest/gtest.h>

namespace {

using namespace runner;
using Kind = Ending::Kind;

Ending after(std::vector<std::string> const& records, int qemu_status) {
    Report report;
    for (auto const& record : records)
        report.line(record);
    return report.ending(qemu_status);
}

TEST(Report, AnExitIsTheProgramsStatus) {
    auto const ending = after({"exit 143"}, 33);
    EXPECT_EQ(ending.kind, Kind::exited);
    EXPECT_EQ(ending.status, 143);
}

TEST(Report, APanicCountsMoreThanAnExit) {
    auto const ending = after({"exit 0", "panic out of luck"}, 35);
    EXPECT_EQ(ending.kind, Kind::panic);
    EXPECT_EQ(ending.text, "out of luck");
    EXPECT_EQ(after({}, 35).kind, Kind::panic);
}

TEST(Report, SilenceIsNeverSuccess) {
    for (int const status : {0, 1, 33, 137})
        EXPECT_EQ(after({}, status).kind, Kind::crashed) << status;
}

TEST(Report, AResetBeforeTheKernelIsSeen) {
    EXPECT_TRUE(after({}, 0).text.contains("before the kernel"));
    EXPECT_FALSE(after({"start"}, 0).text.contains("before the kernel"));
    EXPECT_EQ(after({"start", "exit 3"}, 33).status, 3);
}

TEST(Report, NonsenseIsNoExit) {
    for (auto const* record : {"exit", "exit x", "exit -1", "exit 256", "exited 0", " exit 0"})
        EXPECT_EQ(after({record}, 33).kind, Kind::crashed) << record;
}

TEST(Report, PowerOffRebootAndHaltAreOrderly) {
    for (auto const* record : {"poweroff", "reboot", "halt"})
        EXPECT_EQ(after({record}, 0).kind, Kind::power_off) << record;
}

TEST(Report, KeepsRecordsByTheirFirstWord) {
    Report report;
    report.line("ktest ok a");
    report.line("ktests no");
    report.line("ktest done 1 passed 0 failed");
    EXPECT_EQ(report.records("ktest"),
              (std::vector<std::string>{"ok a", "done 1 passed 0 failed"}));
}

} // namespace
