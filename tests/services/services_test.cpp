// Linnet's init as process 1: daemons, orphans, the end of the system, and the console.
#include "runner/console_unit.hpp"
#include "runner/machine.hpp"
#include "runner/os.hpp"
#include "runner/session.hpp"
#include "runner/text.hpp"
#include "tests/terminal/machine.hpp"
#include "tests/terminal/pty.hpp"

#include <filesystem>
#include <ostream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using terminal::Pty;

struct Ran {
    int status = 0;
    std::string output;
    std::string log;
};

Ran run_machine(std::vector<std::string> const& options) {
    auto const log = fmt::format("/tmp/linnet-services.{}", getpid());
    std::string command;
    for (auto const& word : terminal::run_command(options))
        command += runner::shell_quote(word) + ' ';
    auto result = runner::capture(
        {"/bin/sh", "-c", fmt::format("{} </dev/null 2>{}", command, log)}, runner::Echo::no);
    Ran ran{result.status, std::move(result.output), runner::read_file(log)};
    std::filesystem::remove(log);
    return ran;
}

/// A machine with services where `script` is the console's program, by a shell.
Ran run(std::string const& script, std::vector<std::string> const& options = {}) {
    std::vector<std::string> words{"--services", "--log", "--initrd",
                                   LINNET_BUILD "/tests/user.cpio"};
    words.insert(words.end(), options.begin(), options.end());
    if (options.empty())
        words.insert(words.end(), {"--timeout", "100"});
    words.insert(words.end(), {"--", "/bin/sh", "-c", script});
    return run_machine(words);
}

std::ostream& operator<<(std::ostream& out, Ran const& ran) {
    auto const last = ran.log.size() < 4000 ? 0 : ran.log.size() - 4000;
    return out << ran.output << "--- log ---\n" << ran.log.substr(last);
}

bool has(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// Which of the texts, each once in `text`, is not behind the one before; empty when all are.
std::string out_of_order(std::string const& text, std::vector<std::string> const& parts) {
    std::size_t at = 0;
    for (auto const& part : parts) {
        at = text.find(part, at);
        if (at == std::string::npos)
            return part;
    }
    return "";
}

// A4.1: a child of process 1 in a session of its own without a terminal; killed, it starts again.
TEST(Services, ADaemonStartsAgainWhenItIsKilled) {
    auto const result = run(R"(
svc() { /linnet/bin/svc "$@"; }
printf 'command = ["sleep", "1000"]\n' >/etc/services/napper.toml
svc reload; svc start napper
first=$(svc status napper | sed -n 's/ *process //p')
awk '{print "parent", $4, "session", $1 == $6, "terminal", $7}' /proc/$first/stat
kill -9 $first
until svc status napper | grep -q 'starts: 2'; do sleep 0.1; done
second=$(svc status napper | sed -n 's/ *process //p')
kill -0 $second && [ $second != $first ] && echo another
ps | grep -c '[s]leep 1000')");
    EXPECT_EQ(result.status, 0) << result;
    EXPECT_TRUE(has(result.output, "parent 1 session 1 terminal 0\nanother\n1\n")) << result;
    EXPECT_TRUE(has(result.log, "init: napper: was killed by signal 9")) << result;
}

// A4.1: zombies are reaped.
TEST(Services, TenThousandOrphansLeaveNoZombie) {
    // All are there before they are counted.
    auto const result =
        run("/linnet/bin/svc start crond && exec /linnet/tests/bin/storm orphans 10000 1");
    EXPECT_EQ(result.status, 0) << result;
    EXPECT_TRUE(has(result.output, "all checks passed")) << result;
}

// No zombie, no descriptor, no frame is left. The log daemon's files would grow.
// LINNET_STORM="1000 600" is the long form.
TEST(Services, CrashesAtRandomLeaveNothing) {
    char const* const wish = std::getenv("LINNET_STORM");
    auto const result = run(fmt::format("/linnet/bin/svc start crond && /linnet/bin/svc stop logd "
                                        "&& exec /linnet/tests/bin/storm "
                                        "load {} /etc/services /run/init 1",
                                        wish != nullptr ? wish : "200 20"),
                            {"--timeout", wish != nullptr ? "36000" : "200", "-m", "1G"});
    EXPECT_EQ(result.status, 0) << result;
    EXPECT_TRUE(has(result.output, "all checks passed")) << result;
    auto const counts = result.log.rfind(" restarts; ");
    ASSERT_NE(counts, std::string::npos) << result;
    auto const line = result.log.rfind('\n', counts) + 1;
    fmt::print("{}\n", result.log.substr(line, result.log.find('\n', counts) - line));
}

constexpr std::string_view two_services = R"(
for name in base user; do
    echo "command = ['/bin/sh', '-c', 'trap \"echo $name ends >/dev/kmsg; exit\" TERM; while :; do sleep 0.05; done']" >/etc/services/$name.toml
done
echo 'needs = ["base"]' >>/etc/services/user.toml
setsid sh -c 'trap "echo stray ends >/dev/kmsg; exit" TERM; while :; do sleep 0.05; done' &
/linnet/bin/svc reload; sleep 0.5
)";

// Services in order, then whatever else runs, then the file systems, then the power.
TEST(Services, TheSystemEndsInOrder) {
    std::vector<std::string> const order{"init: stopping all services", "user ends",
                                         "init: user: stopped",         "base ends",
                                         "init: base: stopped",         "stray ends"};

    struct Way {
        char const* command;
        char const* last;
    };

    for (auto const& way :
         {Way{"poweroff; sleep 100", "reboot: Power down"},
          Way{"/linnet/bin/svc shutdown; sleep 100", "reboot: Power down"},
          Way{"/linnet/bin/svc reboot; sleep 100", "reboot: Restarting system"}}) {
        auto const result = run(std::string(two_services) + way.command);
        EXPECT_EQ(result.status, 0) << result;
        auto all = order;
        all.emplace_back(way.last);
        EXPECT_EQ(out_of_order(result.log, all), "") << result;
    }
    auto const result = run(std::string(two_services) + "exit 7");
    EXPECT_EQ(result.status, 7) << result;
    EXPECT_EQ(out_of_order(result.log, order), "") << result;
}

TEST(Services, NothingKeepsTheSystemFromItsEnd) {
    auto const result = run(R"(
echo "command = ['/bin/sh', '-c', 'trap \"\" TERM; while :; do sleep 0.05; done']
stop-within = '300ms'" >/etc/services/deaf.toml
setsid sh -c 'trap "" TERM HUP; while :; do sleep 0.05; done' &
/linnet/bin/svc reload; sleep 0.3; exit 4)");
    EXPECT_EQ(result.status, 4) << result;
    EXPECT_EQ(out_of_order(result.log,
                           {"init: deaf: does not stop within 300ms; killed", "init: deaf: stopped",
                            "init: some processes do not end; they are killed"}),
              "")
        << result;
}

TEST(Services, MistakesInUnitsAreInTheLogAndDoNotStopTheBoot) {
    auto const result = run(R"(
echo 'command = 3' >/etc/services/bad.toml
echo 'command = ["/bin/true"]
needs = ["bad"]' >/etc/services/behind.toml
/linnet/bin/svc reload; /linnet/bin/svc list | awk '/^(bad|behind|console) / {print $1, $2}'; mount | grep -c 'on /run type tmpfs')");
    EXPECT_EQ(result.status, 0) << result;
    EXPECT_TRUE(has(result.output, "console running\nbad broken\nbehind broken\n1\n")) << result;
    EXPECT_TRUE(has(result.log, "init: bad.toml:1: command: a list as")) << result;
}

// Those that every boot starts.
TEST(Services, TheSystemsOwnUnitsWork) {
    auto const result = run(R"(
/linnet/bin/svc start logd && /linnet/bin/svc start crond && /linnet/bin/svc status >/dev/null && echo all
until grep -q 'init: crond: ready' /run/log/journal; do sleep 0.1; done)");
    EXPECT_EQ(result.status, 0) << result;
    EXPECT_EQ(result.output, "all\n") << result;
}

TEST(Services, AConsoleThatCannotStartEndsTheMachine) {
    auto const result =
        run_machine({"--services", "--timeout", "60", "--log", "--", "/no/such/program"});
    EXPECT_EQ(result.status, 127) << result;
    EXPECT_TRUE(has(result.log, "init: console: could not be started: /no/such/program: No such "
                                "file or directory"))
        << result;
}

// A4.1: a daemon survives the logout of its starter. The console's shell comes back after a crash.
TEST(Services, TheConsoleComesBackAfterACrash) {
    Pty pty(terminal::run_command({}));
    ASSERT_TRUE(pty.expect("# ", 60s)) << pty.transcript();
    pty.type("setsid sleep 1000 & svc list | grep -c console\r");
    ASSERT_TRUE(pty.expect("\r\n1\r\n")) << pty.transcript();
    ASSERT_TRUE(pty.expect("# ")) << pty.transcript();
    pty.type("kill -9 $$\r");
    ASSERT_TRUE(pty.expect("# ")) << pty.transcript();
    pty.type("tty; ps -o ppid,args | grep '[s]leep 1000'\r");
    EXPECT_TRUE(pty.expect("\r\n/dev/hvc0\r\n    1 sleep 1000\r\n")) << pty.transcript();
    pty.type("svc log init | grep -c killed; exit 6\r");
    EXPECT_TRUE(pty.expect("\r\n1\r\n")) << pty.transcript();
    EXPECT_EQ(pty.wait(), 6) << pty.transcript();
}

/// What appears on the serial line of a machine with this kernel and our init.
std::string boot_with_init(std::string const& kernel) {
    auto const archive = runner::memory_file(
        runner::padded(runner::read_file(LINNET_BUILD "/tests/user.cpio")) +
        runner::services_overlay({"/bin/sh", "-c",
                                  "/linnet/bin/svc start crond; /linnet/bin/svc list | "
                                  "awk '{print $1, $2}'; tty; kill -9 $(cat /run/crond.pid); "
                                  "until /linnet/bin/svc status crond | grep -q 'starts: 2'; do "
                                  "sleep 0.1; done; echo again; exit 3"},
                                 runner::Streams::console, "linux"));
    runner::Setup setup;
    setup.machine = &runner::find_machine("q35");
    setup.accelerator = runner::best_accelerator();
    setup.kernel = kernel;
    setup.initrd = fmt::format("/proc/self/fd/{}", archive.number());
    setup.append = "console=ttyS0 panic=-1";
    setup.streams = runner::Streams::console;
    setup.bare = true;
    runner::Wiring wiring;
    wiring.timeout = 100s;
    return runner::run_session(setup, wiring).log;
}

// The same archive with Debian's kernel: what init does there is what it does here.
TEST(ServicesOnBothKernels, StartRestartAndEnd) {
    for (auto const* const kernel : {LINNET_BUILD "/linnet.elf", LINNET_BUILD "/linux/vmlinuz"}) {
        auto const log = boot_with_init(kernel);
        EXPECT_EQ(
            out_of_order(log, {"init: console: started as process", "NAME STATE\r\n",
                               "console running\r\n", "crond running\r\n", "logd running\r\n",
                               "/dev/ttyS0\r\n", "init: crond: was killed by signal 9", "again\r\n",
                               "init: stopping all services", "init: crond: stopped",
                               "init: logd: stopped", "reboot: Power down"}),
            "")
            << kernel << "\n"
            << log;
    }
}

} // namespace
