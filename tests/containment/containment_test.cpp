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

TEST(Poison, NamesLockCulpritAndTimeWhenLeftAndWhenMet) {
    auto const result = run("(echo lock >/dev/provoke);"
                            " echo lock >/dev/provoke || echo the next is refused",
                            {"--log"});
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_SAYS(result, "] lock device at ffff");
    EXPECT_SAYS(result, "system call write fails: lock device at ffff");
    EXPECT_SAYS(result, "poisoned by sh[");
    EXPECT_SAYS(result, ": provoked with a lock held");
    EXPECT_SAYS(result, "the next is refused\n");
}

TEST(Recovery, APipeKeepsWhatItHasWhenAWriterDiesOfABug) {
    auto const result = run("cd /; mkfifo f; exec 3<>f; echo first >&3;"
                            " (echo write /f >/dev/provoke); echo second >&3;"
                            " read a <&3; read b <&3; echo $a $b");
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_SAYS(result, "first second\n");
}

TEST(Recovery, AFileKeepsWhatItHasWhenAWriterDiesOfABug) {
    auto const result = run("cd /; echo old >f; (echo write /f >/dev/provoke); echo more >>f;"
                            " cat f; rm f; : >g; (echo write /g >/dev/provoke); wc -c <g");
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_SAYS(result, "old\nmore\n");
    EXPECT_SAYS(result, "0\n");
}

/// As a changed pointer leaves them.
TEST(Orphans, AreEndedByACensus) {
    auto const result = run("for i in 1 2 3; do echo lose >/dev/provoke; done;"
                            " echo census >/dev/provoke; echo census >/dev/provoke",
                            {"--log", "-c", "4"});
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_SAYS(result, "3 objects had lost a reference to them");
    EXPECT_SAYS(result, "census: 3 lost");
    EXPECT_SAYS(result, "census: 0 lost");
}

TEST(Orphans, AreEndedAfterABug) {
    auto const result = run("echo lose >/dev/provoke; (echo null >/dev/provoke); sleep 0.5;"
                            " echo census >/dev/provoke",
                            {"--log", "-c", "2"});
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_SAYS(result, "1 objects had lost a reference to them");
    EXPECT_SAYS(result, "census: 0 lost");
}

/// While much goes on on four CPUs, nothing that is in use may seem to be lost.
TEST(Orphans, NobodyIsOneInNormalWork) {
    auto const result =
        run("work() { i=0; while [ $i -lt 15 ]; do ls -lR /proc/self /etc >/dev/null 2>&1;"
            " echo $i | cat | cat >/w.$1; cp /w.$1 /x.$1; mv /x.$1 /y.$1; mkdir -p /d.$1/a/b;"
            " rm -rf /d.$1; (sleep 0.01; exit 3) & wait; i=$((i+1)); done; };"
            " for k in 1 2 3 4 5; do work $k & done;"
            " n=0; while [ $n -lt 60 ]; do echo census >/dev/provoke; n=$((n+1)); done; wait",
            {"--log", "-c", "4"});
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_SAYS(result, "census: 0 lost");
    EXPECT_EQ(result.output.find("had lost a reference"), std::string::npos) << result.output;
}

TEST(Stop, ABugAmidWhatEverybodyNeedsStopsTheMachine) {
    auto const result = run("echo vital-lock >/dev/provoke; echo not reached", {"-c", "4"});
    EXPECT_EQ(result.status, 125) << result.output;
    EXPECT_SAYS(result, "panicked: a bug in the middle of a change to what everybody needs");
    EXPECT_SAYS(result, "BUG: provoked in the middle of a change");
    EXPECT_SAYS(result, "fail_with_a_vital_lock"); // the whole stack
    EXPECT_EQ(result.output.find("not reached\n"), std::string::npos);
}

TEST(Stop, APanicShowsWhatEveryCpuWasAt) {
    // Not on the CPU that serves devices: it may be in the kernel for one of them.
    auto const result =
        run("taskset -c 1 sh -c \"while :; do :; done\" & sleep 0.1; echo vital >/dev/provoke",
            {"-c", "3"});
    EXPECT_EQ(result.status, 125) << result.output;
    EXPECT_SAYS(result, "BUG: provoked in vital code");
    EXPECT_SAYS(result, " ran a program, at ");
    EXPECT_SAYS(result, " was at");
    EXPECT_EQ(result.output.find("does not answer"), std::string::npos) << result.output;
}

TEST(Stop, APanicWithinAPanicStillPrints) {
    auto const result = run("echo twice >/dev/provoke");
    EXPECT_EQ(result.status, 125) << result.output;
    EXPECT_SAYS(result, "another failure while reporting the first: null pointer");
    EXPECT_SAYS(result, "fail_twice");
}

/// QEMU without the runner's devices, so that the kernel's own end is seen: 0 when the machine
/// rebooted, 124 when it stayed.
int end_of_machine(std::string const& words, int patience) {
    std::string const build = LINNET_BUILD;
    return runner::capture(
               {"/bin/sh", "-c",
                fmt::format("timeout {} qemu-system-x86_64 -M microvm -m 128 -display none"
                            " -no-reboot -serial null -kernel {}/linnet.elf -append"
                            " 'console=ttyS0 rdinit=/none {}'",
                            patience, build, words)},
               runner::Echo::no)
        .status;
}

TEST(Stop, PanicOptionRebootsAfterAWhileAtOnceOrNever) {
    EXPECT_EQ(end_of_machine("panic=-1", 60), 0);
    EXPECT_EQ(end_of_machine("panic=1", 60), 0);
    EXPECT_EQ(end_of_machine("panic=0", 4), 124);
}

TEST(Watchdog, ReportsCodeThatKeepsACpuAndKillsItsTask) {
    for (std::string const kind : {"hog", "hog-irq", "loop"}) {
        auto const result = run(fmt::format("(echo {} >/dev/provoke); echo status $?", kind),
                                {"--log", "-c", "2", "--append", "watchdog_thresh=1"});
        EXPECT_EQ(result.status, 0) << result.output;
        EXPECT_SAYS(result, "makes no progress, with preemption off");
        EXPECT_SAYS(result, "wait_until_noticed");
        EXPECT_SAYS(result, "killed by a kernel bug");
        EXPECT_SAYS(result, "status 137\n");
    }
}

TEST(Watchdog, WorksOnOneCpu) {
    auto const result = run("(echo loop >/dev/provoke); echo status $?",
                            {"--log", "-c", "1", "--append", "watchdog_thresh=1"});
    EXPECT_SAYS(result, "makes no progress, with preemption off");
    EXPECT_SAYS(result, "status 137\n");
}

TEST(Watchdog, IsSilentWhenOthersWork) {
    auto const result = run("for i in 1 2 3 4 5 6; do (j=0; while [ $j -lt 3000 ]; do"
                            " j=$((j + 1)); /bin/true <f >f; done; :) 2>/dev/null & done; sleep 6;"
                            " kill $(jobs -p) 2>/dev/null; echo done",
                            {"--log", "-c", "2", "--append", "watchdog_thresh=1"});
    EXPECT_SAYS(result, "done\n");
    EXPECT_EQ(result.output.find("no progress"), std::string::npos) << result.output;
}

} // namespace
