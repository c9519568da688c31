// A person at the terminal of `linnet run`: prompt, editing, job control, vi, resizing.
#include "tests/terminal/machine.hpp"
#include "tests/terminal/pty.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using terminal::Pty;

constexpr char const* prompt = "# ";
constexpr char const* control_c = "\x03";
constexpr char const* control_d = "\x04";
constexpr char const* control_u = "\x15";
constexpr char const* control_z = "\x1a";
constexpr char const* control_backslash = "\x1c";
constexpr char const* escape = "\x1b";
constexpr char const* up = "\x1b[A";
constexpr char const* left = "\x1b[D";
constexpr char const* erase = "\x7f";

/// A machine at its first prompt.
class Terminal : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(pty.expect(prompt, 60s)) << pty.transcript(); }

    /// Runs a command line and checks that `answer` appears after its echo, then the prompt.
    void run(std::string const& line, std::string const& answer) {
        pty.type(line + "\r");
        ASSERT_TRUE(pty.expect("\r\n" + answer)) << "no '" << answer << "' in\n"
                                                 << pty.transcript();
        ASSERT_TRUE(pty.expect(prompt)) << pty.transcript();
    }

    void expect(std::string_view text) {
        ASSERT_TRUE(pty.expect(text)) << "no '" << text << "' in\n" << pty.transcript();
    }

    /// Until a program has surely got hold of the terminal.
    static void settle() { std::this_thread::sleep_for(700ms); }

    Pty pty{terminal::run_command({})};
};

TEST_F(Terminal, RunsCommandsAndLeavesWithTheirStatus) {
    run("echo he\"\"llo", "hello\r\n");
    run("tty", "/dev/hvc0\r\n");
    pty.type("exit 7\r");
    EXPECT_EQ(pty.wait(), 7) << pty.transcript();
}

TEST_F(Terminal, ControlDEndsTheShellAndTheTerminalIsAsBefore) {
    pty.type(control_d);
    EXPECT_EQ(pty.wait(), 0) << pty.transcript();
    auto const mode = pty.mode();
    EXPECT_TRUE(mode.c_lflag & ICANON);
    EXPECT_TRUE(mode.c_lflag & ECHO);
    EXPECT_TRUE(mode.c_oflag & OPOST);
}

TEST_F(Terminal, EditsTheLine) {
    run(std::string("echo abX") + erase + "c", "abc\r\n");
    run(std::string("echo ac") + left + "b", "abc\r\n");
    run(std::string("rubbish") + control_u + "echo cle''an", "clean\r\n");
    pty.type(std::string(up) + "\r");
    expect("\r\nclean\r\n");
    expect(prompt);
    pty.type("echo /etc/hostn\t\r");
    expect("\r\n/etc/hostname\r\n");
}

TEST_F(Terminal, CanonicalModeEditsForProgramsThatDoNot) {
    pty.type("cat\r");
    settle();
    pty.type(std::string("helX") + erase + "lo\r");
    expect("hel");
    expect("\r\nhello\r\n");
    pty.type(std::string("gone") + control_u + "kept\r");
    expect("\r\nkept\r\n");
    pty.type(control_d);
    expect(prompt);
}

TEST_F(Terminal, EchoCanBeOff) {
    pty.type("stty -echo; read secret; stty echo; echo got-$secret\r");
    settle();
    pty.type("hush\r");
    expect("\r\ngot-hush\r\n");
    EXPECT_EQ(pty.transcript().find("hush"), pty.transcript().find("got-hush") + 4);
}

TEST_F(Terminal, ControlCInterrupts) {
    pty.type("sleep 100\r");
    settle();
    pty.type(control_c);
    expect("^C");
    expect(prompt);
    run("echo status $?", "status 130\r\n");
    pty.type("sleep 100\r");
    settle();
    pty.type(control_backslash);
    expect(prompt);
    run("echo status $?", "status 131\r\n");
    pty.type(std::string("abandoned") + control_c);
    expect(prompt);
    run("echo alive", "alive\r\n");
}

TEST_F(Terminal, StopsAndContinuesJobs) {
    pty.type("sleep 100\r");
    settle();
    pty.type(control_z);
    expect("Stopped");
    expect(prompt);
    run("jobs", "[1]+  Stopped");
    run("bg", "[1] sleep 100\r\n");
    run("jobs", "[1]+  Running");
    pty.type("fg\r");
    expect("sleep 100");
    settle();
    pty.type(control_c);
    expect(prompt);
    run("echo status $?", "status 130\r\n");
    pty.type("cat &\r");
    expect(prompt);
    settle();
    run("", "");
    run("jobs", "[1]+  Stopped (tty input)");
    run("kill %1", "");
}

TEST_F(Terminal, ViEditsAFile) {
    pty.type("vi note\r");
    expect("~");
    settle();
    pty.type("ihello from vi");
    expect("hello from vi");
    pty.type(std::string("\rsecond") + escape);
    settle();
    pty.type("kx:wq\r");
    expect(prompt);
    pty.type("cat note\r");
    expect("\r\nhello");
    expect("second\r\n");
    expect(prompt);
    run("wc -l < note", "2\r\n");
}

TEST_F(Terminal, FollowsTheWindowSize) {
    run("stty size", "24 80\r\n");
    pty.type("sh -c 'trap \"echo res\"\"ized\" WINCH; sleep 3; stty size'\r");
    settle();
    pty.resize(40, 100);
    expect("resized");
    expect("40 100");
    expect(prompt);
    run("stty size", "40 100\r\n");
}

TEST_F(Terminal, LessAndTopOwnTheScreen) {
    pty.type("less /etc/passwd\r");
    expect("root:x:0:0");
    settle();
    pty.type("q");
    expect(prompt);
    pty.type("top\r");
    expect("Load average");
    expect("PID");
    settle();
    pty.type("q");
    expect(prompt);
    run("echo back", "back\r\n");
}

TEST_F(Terminal, ASecondShellHasAPseudoTerminalOfItsOwn) {
    // busybox has no script(1); nothing else in it opens a pty from a shell, so use /dev/ptmx
    // directly.
    run("exec 3<>/dev/ptmx; ls /dev/pts | head -1", "0\r\n");
    run("exec 3>&-; ls /dev/pts | grep -c '^0$'", "0\r\n");
}

TEST_F(Terminal, ThreeControlBracketsEndTheMachine) {
    pty.type("\x1d\x1d\x1d");
    EXPECT_EQ(pty.wait(), 130) << pty.transcript();
    EXPECT_TRUE(pty.mode().c_lflag & ICANON);
}

} // namespace
