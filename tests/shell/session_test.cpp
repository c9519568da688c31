// A person at lsh, on this machine and in Linnet: editing, history, completion, jobs, errors.
#include "tests/terminal/machine.hpp"
#include "tests/terminal/pty.hpp"

#include <filesystem>
#include <memory>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using terminal::Pty;

enum class Where { host, guest };

constexpr char const* prompt = "%> ";
constexpr char const* control_c = "\x03";
constexpr char const* control_d = "\x04";
constexpr char const* control_r = "\x12";
constexpr char const* control_u = "\x15";
constexpr char const* control_w = "\x17";
constexpr char const* control_y = "\x19";
constexpr char const* control_z = "\x1a";
constexpr char const* up = "\x1b[A";
constexpr char const* left = "\x1b[D";
constexpr char const* word_left = "\x1b[1;5D";
constexpr char const* erase = "\x7f";

class Lsh : public testing::TestWithParam<Where> {
protected:
    void SetUp() override {
        std::string const begin = "mkdir /tmp/home; cd /tmp/home; ";
        // Written so that its echo is not taken for the prompt.
        std::string const settings = R"(HOME=/tmp/home TERM=xterm PS1='%'\>\  HISTFILE=.history )";
        if (GetParam() == Where::guest) {
            pty = std::make_unique<Pty>(terminal::run_command({"--timeout", "100"}));
            expect("# ", 60s);
            pty->type(begin + "exec env " + settings + "lsh\r");
        } else {
            // Not by exec: the shell at the prompt ignores the signal that ends the session.
            pty = std::make_unique<Pty>(std::vector<std::string>{
                LINNET_SANDBOX, "sh", "-c",
                begin + "env -i PATH=/usr/bin:/bin:" LINNET_BUILD "/user/bin " + settings +
                    "lsh; exit $?"});
        }
        expect(prompt);
    }

    void expect(std::string_view text, std::chrono::seconds patience = 20s) {
        if (HasFatalFailure())
            return; // what comes later says nothing new
        ASSERT_TRUE(pty->expect(text, patience)) << "no '" << text << "' in\n" << pty->transcript();
    }

    void type(std::string const& keys) { pty->type(keys); }

    /// Types a line and checks what it answers, up to the next prompt.
    void run(std::string const& line, std::string const& answer) {
        type(line + "\r");
        expect("\r\n" + answer);
        expect(prompt);
    }

    /// Until a program has surely got hold of the terminal.
    static void settle() { std::this_thread::sleep_for(700ms); }

    std::unique_ptr<Pty> pty;
};

TEST_P(Lsh, RunsCommandsAndLeavesWithTheirStatus) {
    run("echo he\"\"llo", "hello\r\n");
    run("echo a b c | tr a-c x-z", "x y z\r\n");
    run("for i in 1 2; do echo n$i; done", "n1\r\nn2\r\n");
    type("exit 7\r");
    EXPECT_EQ(pty->wait(), 7) << pty->transcript();
}

TEST_P(Lsh, EditsTheLine) {
    run(std::string("echo abX") + erase + "c", "abc\r\n");
    run(std::string("echo ac") + left + "b", "abc\r\n");
    run(std::string("rubbish") + control_u + "echo cle''an", "clean\r\n");
    run(std::string("echo one two") + control_w + "x" + control_y, "one xtwo\r\n");
    run(std::string("echo one two") + word_left + "x", "one xtwo\r\n");
    run("ho e\x01"
        "ec\x05\xc3\xa9",
        "e\xc3\xa9\r\n"); // Ctrl-A, Ctrl-E
    std::string const many(200, 'w');
    run("echo " + many + " | wc -c", "201\r\n");
}

TEST_P(Lsh, RemembersLines) {
    run("echo fir''st", "first\r\n");
    run("echo sec''ond", "second\r\n");
    run(std::string(up) + up, "first\r\n");
    run(std::string(control_r) + "sec", "second\r\n");
    run(std::string("echo f") + up, "first\r\n");
    type("exec lsh\r"); // a new shell, the same history
    expect(prompt);
    run(std::string(up) + up, "first\r\n");
}

TEST_P(Lsh, Completes) {
    run("mkdir -p place/inner; >alpha; >alpine; >'two words'; echo re''ady", "ready\r\n");
    run("echo alph\t", "alpha\r\n");
    run("echo al\ti\t", "alpine\r\n");
    type("echo al\t");
    expect("alp");
    type("\t\t");
    expect("\r\nalpha   alpine\r\n");
    type(std::string(control_c));
    expect(prompt);
    run("echo tw\t", "two words\r\n");
    run("echo 'tw\t", "two words\r\n");
    run("ls pl\t", "inner\r\n");
    run("cd pl\tin\t && echo $PWD | grep -c place/inn\"\"er", "1\r\n");
    run("reado\t v=x; echo $v", "x\r\n");
    run("LONGNAME=5; echo s''et", "set\r\n");
    run("echo $LONG\t", "5\r\n");
    run("echo ~/alpha | grep -c /alp\"\"ha; echo ~/tw\t", "1\r\n");
}

TEST_P(Lsh, ControlCInterrupts) {
    type("sleep 100\r");
    settle();
    type(control_c);
    expect("^C");
    expect(prompt);
    run("echo status $?", "status 130\r\n");
    type(std::string("abandoned") + control_c);
    expect("^C\r\n");
    run("echo status $?", "status 130\r\n");
    type("while true; do :; done\r");
    settle();
    type(control_c);
    expect(prompt);
    type("while true; do sleep 1; done\r");
    settle();
    type(control_c);
    expect(prompt);
    type("x=$(sleep 100)\r");
    settle();
    type(control_c);
    expect(prompt);
    type("read line\r");
    settle();
    type(control_c);
    expect(prompt);
    type("sleep 100; echo not re''ached\r");
    settle();
    type(control_c);
    expect(prompt);
    run("echo alive", "alive\r\n");
    EXPECT_EQ(pty->transcript().find("not reached"), std::string::npos);
}

TEST_P(Lsh, StopsAndContinuesJobs) {
    type("sleep 100\r");
    settle();
    type(control_z);
    expect("[1]+  Stopped                    sleep 100\r\n");
    expect(prompt);
    run("echo $?", "148\r\n");
    run("jobs", "[1]+  Stopped");
    run("bg", "[1] sleep 100\r\n");
    run("jobs", "[1]+  Running");
    type("fg\r");
    expect("sleep 100\r\n");
    settle();
    type(control_c);
    expect(prompt);
    run("jobs; echo no''ne", "none\r\n");
}

TEST_P(Lsh, KeepsSeveralJobsApart) {
    type("cat\r");
    settle();
    type(control_z);
    expect("[1]+  Stopped                    cat\r\n");
    expect(prompt);
    type("sleep 50 | sleep 60 &\r");
    expect("[2] ");
    expect(prompt);
    run("jobs",
        "[1]-  Stopped                    cat\r\n[2]+  Running                    sleep 50 | "
        "sleep 60\r\n");
    type("fg %cat\r");
    expect("\r\ncat\r\n");
    settle();
    type("tex''t\r");
    expect("\r\ntex''t\r\n");
    type(control_d);
    expect(prompt);
    run("kill %2; wait %2; echo $?", "143\r\n");
    type("sleep 0 &\r");
    settle();
    type("\r");
    expect("[1]+  Done                       sleep 0\r\n");
    expect(prompt);
    type("(sleep 50; echo x)\r");
    settle();
    type(control_z);
    expect("Stopped                    (sleep 50; echo x)\r\n");
    expect(prompt);
    type("exit\r");
    expect("There are stopped jobs");
    expect(prompt);
    type("exit\r");
    EXPECT_EQ(pty->wait(), 1) << pty->transcript();
}

TEST_P(Lsh, LinesGoOn) {
    type("if true\r");
    expect("> ");
    run("then echo o''ne; fi", "one\r\n");
    type("echo 'a\r");
    expect("> ");
    run("b' | tr '\\n' +; echo", "a+b+\r\n");
    type("cat <<E\r");
    expect("> ");
    type("te\"xt\r");
    expect("> ");
    run("E", "te\"xt\r\n");
    type("echo $(\r");
    expect("> ");
    type(control_c);
    expect(prompt);
    run("echo a |\rwc -l", "> wc -l\r\n1\r\n");
    run(std::string(up), "1\r\n"); // the whole command comes back
}

TEST_P(Lsh, ErrorsPointAtTheirPlace) {
    run("echo a; nosuch b", "a\r\nlsh:1:9: nosuch: command not found\r\n    echo a; nosuch b\r\n"
                            "            ^\r\n");
    run("echo $((2 +))", "lsh:1:12: a number is missing at the end\r\n");
    run("echo )", "lsh:1:6: unexpected: `)`\r\n    echo )\r\n         ^\r\n");
    run("cat <nosuch", "lsh:1:5: nosuch: No such file or directory\r\n");
    run("cd nosuch; echo $?",
        "lsh:1:1: cd: nosuch: No such file or directory\r\n    cd nosuch; echo $?\r\n"
        "    ^\r\n2\r\n");
}

TEST_P(Lsh, AShellInTheBackgroundIsStopped) {
    type("(trap '' TTIN; exec lsh -i) &\r");
    expect(prompt);
    settle();
    run("jobs", "[1]+  Stopped");
    type("fg\r");
    expect("exec");
    settle();
    run("echo in''side", "inside\r\n");
    run("exit", "");
    run("echo out''side", "outside\r\n");
}

TEST_P(Lsh, TheTerminalComesBackInOrder) {
    type("sh -c 'stty raw -echo; kill -9 $$'\r");
    expect("Killed");
    expect(prompt);
    run("stty -a | grep -c -e ' -icanon' -e ' -isig'", "0\r\n");
    type("cat\r");
    settle();
    type("line\r");
    expect("line\r\nline\r\n");
    type(control_d);
    expect(prompt);
}

TEST_P(Lsh, TheWindowMayChange) {
    run("echo $(stty size)", "24 80\r\n");
    type("echo some words that will need two rows");
    pty->resize(24, 20);
    settle();
    type(" soon\r");
    expect("\r\nsome words that will need two rows soon\r\n");
    expect(prompt);
    run("echo $(stty size)", "24 20\r\n");
}

TEST_P(Lsh, ControlDLeaves) {
    run("false", "");
    type(control_d);
    EXPECT_EQ(pty->wait(), 1) << pty->transcript();
    auto const mode = pty->mode();
    EXPECT_TRUE(mode.c_lflag & ICANON);
    EXPECT_TRUE(mode.c_lflag & ECHO);
}

INSTANTIATE_TEST_SUITE_P(Sessions, Lsh, testing::Values(Where::host, Where::guest),
                         [](auto const& where) {
                             return std::string(where.param == Where::host ? "Host" : "Guest");
                         });

} // namespace
