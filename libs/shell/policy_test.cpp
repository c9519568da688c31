// printf, echo, test, variables, jobs, and what Tab completes.
#include "libs/shell/complete.hpp"
#include "libs/shell/conditions.hpp"
#include "libs/shell/jobs.hpp"
#include "libs/shell/printf.hpp"
#include "libs/shell/variables.hpp"

#include <string>

#include <gtest/gtest.h>

namespace {

using namespace shell;

std::string printed(std::string_view format, Vector<String> const& arguments) {
    auto const result = print_formatted(format, arguments);
    std::string text(result.text.view());
    for (auto const& complaint : result.complaints)
        text += "!" + std::string(complaint.view());
    return text;
}

TEST(Printf, Conversions) {
    EXPECT_EQ(printed("%s-%5s|%-5s|%.2s\\n", {"a", "b", "c", "def"}), "a-    b|c    |de\n");
    EXPECT_EQ(printed("%d %5d|%-5d|%05d|%+d|% d", {"1", "2", "3", "-4", "5", "6"}),
              "1     2|3    |-0004|+5| 6");
    EXPECT_EQ(printed("%x %X %o %u %#x %#o %i", {"255", "255", "8", "7", "255", "8", "0x10"}),
              "ff FF 10 7 0xff 010 16");
    EXPECT_EQ(printed("%.3d|%5.2d|%.0d|", {"7", "7", "0"}), "007|   07||");
    EXPECT_EQ(printed("%c%c|%d|%%|%b", {"abc", "", "'A", "x\\ty"}), "a|65|%|x\ty");
    EXPECT_EQ(printed("%*d|%-*d|%*d", {"4", "1", "4", "2", "-4", "3"}), "   1|2   |3   ");
    EXPECT_EQ(printed("%s,", {"a", "b", "c"}), "a,b,c,");
    EXPECT_EQ(printed("%s %d|", {}), " 0|");
    EXPECT_EQ(printed("plain", {"ignored"}), "plain");
    EXPECT_EQ(printed("a\\cb", {}), "a");
    EXPECT_EQ(printed("%d", {"1x"}), "0!1x: no number");
    EXPECT_EQ(printed("x%y", {}), "x!%y: cannot convert so");
    EXPECT_EQ(printed("%", {}), "!%: a letter is missing");
    EXPECT_EQ(printed("%3s|", {"é"}), "  é|");
    EXPECT_EQ(printed("%.99999999999999999d", {"1"}).size(), 4096U);
}

TEST(Echo, Options) {
    EXPECT_EQ(echo_text(Vector<String>{"a", "b"}), "a b\n");
    EXPECT_EQ(echo_text(Vector<String>{"-n", "a"}), "a");
    EXPECT_EQ(echo_text(Vector<String>{"-e", "a\\tb\\n"}), "a\tb\n\n");
    EXPECT_EQ(echo_text(Vector<String>{"-ne", "a\\cb"}), "a");
    EXPECT_EQ(echo_text(Vector<String>{"-x", "a\\t"}), "-x a\\t\n");
    EXPECT_EQ(echo_text(Vector<String>{}), "\n");
}

class SomeFiles final : public FileTests {
public:
    bool file(char what, std::string_view path) override {
        return path == "dir" ? what == 'd' || what == 'e' : path == "file" && what != 'd';
    }

    bool is_terminal(int descriptor) override { return descriptor == 1; }

    bool compare(char how, std::string_view a, std::string_view b) override {
        return how == 'e' ? a == b : how == 'n' ? a > b : a < b;
    }
};

std::string tested(Vector<String> const& words) {
    SomeFiles files;
    auto const result = test_expression(words, files);
    return result ? (*result ? "true" : "false") : std::string(result.error().view());
}

TEST(Test, Expressions) {
    EXPECT_EQ(tested({}), "false");
    EXPECT_EQ(tested({""}), "false");
    EXPECT_EQ(tested({"x"}), "true");
    EXPECT_EQ(tested({"-f"}), "true") << "a word alone";
    EXPECT_EQ(tested({"!", "x"}), "false");
    EXPECT_EQ(tested({"-z", ""}), "true");
    EXPECT_EQ(tested({"-n", "x"}), "true");
    EXPECT_EQ(tested({"a", "=", "b"}), "false");
    EXPECT_EQ(tested({"a", "!=", "b"}), "true");
    EXPECT_EQ(tested({"-z", "=", "-z"}), "true");
    EXPECT_EQ(tested({"!", "=", "x"}), "false");
    EXPECT_EQ(tested({"2", "-lt", "10"}), "true");
    EXPECT_EQ(tested({"3", "-ge", "4"}), "false");
    EXPECT_EQ(tested({" 3 ", "-eq", "3"}), "true");
    EXPECT_EQ(tested({"-f", "file", "-a", "!", "-d", "file"}), "true");
    EXPECT_EQ(tested({"-d", "file", "-o", "-d", "dir"}), "true");
    EXPECT_EQ(tested({"(", "a", "=", "b", "-o", "x", ")", "-a", ""}), "false");
    EXPECT_EQ(tested({"a", "-ef", "a"}), "true");
    EXPECT_EQ(tested({"-t", "1"}), "true");
    EXPECT_EQ(tested({"x", "-eq", "1"}), "`x` is no number");
    EXPECT_EQ(tested({"a", "b"}), "`b` does not belong here");
    EXPECT_EQ(tested({"(", "a", "b"}), "`(` without its `)`");
    EXPECT_EQ(tested({"a", "-a"}), "something is missing at the end");
}

TEST(Variables, Keep) {
    Variables variables;
    EXPECT_TRUE(variables.assign("b", "2"));
    EXPECT_TRUE(variables.assign("a", "1"));
    variables.set_exported("b", true);
    variables.set_exported("none", true);
    EXPECT_EQ(variables.value("a"), String("1"));
    EXPECT_EQ(variables.value("none"), std::nullopt);
    EXPECT_EQ(variables.environment().size(), 1U);
    EXPECT_EQ(variables.environment()[0], "b=2");
    variables.set_read_only("a");
    EXPECT_FALSE(variables.assign("a", "x"));
    EXPECT_FALSE(variables.unset("a"));
    EXPECT_TRUE(variables.unset("b"));
    EXPECT_EQ(variables.value("b"), std::nullopt);
}

TEST(Variables, LocalOnesComeBack) {
    Variables variables;
    variables.assign("x", "outer");
    variables.enter();
    EXPECT_TRUE(variables.make_local("x"));
    EXPECT_TRUE(variables.make_local("new"));
    variables.assign("x", "inner");
    variables.assign("new", "y");
    variables.enter();
    variables.make_local("x");
    variables.assign("x", "innermost");
    variables.leave();
    EXPECT_EQ(variables.value("x"), String("inner"));
    variables.leave();
    EXPECT_EQ(variables.value("x"), String("outer"));
    EXPECT_EQ(variables.value("new"), std::nullopt);
}

using Kind = ProcessState::Kind;

TEST(Jobs, StatesAndNumbers) {
    Jobs jobs;
    Job& first = jobs.add("sleep 1 | cat", false);
    first.processes.push_back({100, {}});
    first.processes.push_back({101, {}});
    jobs.add("sleep 2", false).processes.push_back({102, {}});
    jobs.add("vi", true).processes.push_back({103, {}});
    EXPECT_EQ(jobs.describe(*jobs.by_number(1)), "[1]-  Running                    sleep 1 | cat");
    EXPECT_EQ(jobs.describe(*jobs.by_number(2)), "[2]+  Running                    sleep 2");
    EXPECT_EQ(jobs.describe(*jobs.by_number(3)), "[3]   Running                    vi");
    EXPECT_EQ((*jobs.find(""))->number, 2U);
    EXPECT_EQ((*jobs.find("%-"))->number, 1U);
    EXPECT_EQ(jobs.note(999, {}), nullptr);
    Job* const vi = jobs.note(103, {Kind::stopped, 20});
    ASSERT_NE(vi, nullptr);
    EXPECT_FALSE(vi->told);
    EXPECT_FALSE(vi->foreground);
    EXPECT_EQ(jobs.describe(*vi), "[3]+  Stopped                    vi");
    EXPECT_EQ((*jobs.find("%%"))->number, 3U);
    jobs.note(101, {Kind::exited, 3});
    EXPECT_EQ(jobs.by_number(1)->state().kind, Kind::running) << "one still runs";
    jobs.note(100, {Kind::killed, 13});
    EXPECT_EQ(jobs.by_number(1)->state(), (ProcessState{Kind::exited, 3})) << "the last counts";
    EXPECT_EQ(jobs.describe(*jobs.by_number(1), true),
              "[1]   100 Done(3)                    sleep 1 | cat");
    jobs.note(102, {Kind::killed, 15});
    EXPECT_EQ(jobs.by_number(2)->state().status(), 143);
    jobs.forget(3);
    EXPECT_EQ((*jobs.find(""))->number, 2U);
}

TEST(Jobs, PidsAreUsedAgain) {
    Jobs jobs;
    jobs.add("old", false).processes.push_back({100, {Kind::exited, 0}});
    jobs.add("new", true).processes.push_back({100, {}});
    Job* const job = jobs.note(100, {Kind::exited, 5});
    ASSERT_NE(job, nullptr);
    EXPECT_EQ(job->text, "new");
    EXPECT_EQ(job->state().status(), 5);
    EXPECT_EQ(jobs.note(100, {}), nullptr) << "nobody runs any more";
}

TEST(Jobs, AreFound) {
    Jobs jobs;
    jobs.add("sleep 1", false).processes.push_back({100, {}});
    jobs.add("sort x", false).processes.push_back({102, {}});
    EXPECT_EQ((*jobs.find("%so"))->number, 2U);
    EXPECT_EQ((*jobs.find("%?1"))->number, 1U);
    EXPECT_EQ((*jobs.find("102"))->number, 2U);
    EXPECT_EQ((*jobs.find("%1"))->number, 1U);
    EXPECT_EQ(jobs.find("%s").error(), "%s: several jobs are called so");
    EXPECT_EQ(jobs.find("%9").error(), "%9: no such job");
    EXPECT_EQ(Jobs().find("").error(), "there is no current job");
    EXPECT_EQ(signal_number("INT"), 2);
    EXPECT_EQ(signal_number("SIGKILL"), 9);
    EXPECT_EQ(signal_number("15"), 15);
    EXPECT_EQ(signal_number("FOO"), std::nullopt);
    EXPECT_EQ(signal_text(15), "Terminated");
    EXPECT_EQ(signal_text(40), "Signal 40");
}

/// kind:begin:directory:prefix
std::string completes(std::string_view line) {
    auto const what = to_complete(line);
    return std::string(what.kind == ToComplete::Kind::command ? "c"
                       : what.kind == ToComplete::Kind::file  ? "f"
                                                              : "v") +
           ":" + std::to_string(what.begin) + ":" + std::string(what.directory.view()) + ":" +
           std::string(what.prefix.view());
}

TEST(Complete, KnowsWhat) {
    EXPECT_EQ(completes(""), "c:0::");
    EXPECT_EQ(completes("ec"), "c:0::ec");
    EXPECT_EQ(completes("echo a"), "f:5::a");
    EXPECT_EQ(completes("echo "), "f:5::");
    EXPECT_EQ(completes("ls | gr"), "c:5::gr");
    EXPECT_EQ(completes("a && b"), "c:5::b");
    EXPECT_EQ(completes("if tr"), "c:3::tr");
    EXPECT_EQ(completes("./pro"), "f:2:./:pro");
    EXPECT_EQ(completes("cat /usr/lo"), "f:9:/usr/:lo");
    EXPECT_EQ(completes("cat a\\ b"), "f:4::a b");
    EXPECT_EQ(completes("cat 'a b"), "f:5::a b");
    EXPECT_EQ(completes("cat \"d r/f"), "f:9:d r/:f");
    EXPECT_EQ(completes("x=1 co"), "c:4::co");
    EXPECT_EQ(completes("x=/us"), "f:3:/:us");
    EXPECT_EQ(completes("x=us"), "f:2::us");
    EXPECT_EQ(completes("echo $HO"), "v:6::HO");
    EXPECT_EQ(completes("echo \"${HO"), "v:8::HO");
    EXPECT_EQ(completes("echo $HOME/x"), "f:11:$HOME/:x");
    EXPECT_EQ(completes("echo $(da"), "c:7::da");
    EXPECT_EQ(completes("cat <in"), "f:5::in");
    EXPECT_EQ(completes("<in ca"), "c:4::ca");
    EXPECT_EQ(completes("cat >o x"), "f:7::x");
}

TEST(Complete, Quotes) {
    EXPECT_EQ(completed(to_complete("cat a"), "a b", true), "a\\ b");
    EXPECT_EQ(completed(to_complete("cat 'a"), "a b", true), "a b'");
    EXPECT_EQ(completed(to_complete("cat 'a"), "a b", false), "a b");
    EXPECT_EQ(completed(to_complete("cat \"a"), "a$b", true), "a\\$b\"");
    EXPECT_EQ(completed(to_complete("echo ${HO"), "HOME", true), "HOME}");
}

} // namespace
