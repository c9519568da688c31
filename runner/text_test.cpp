// Quoting for the guest's shell, and lines from a stream.
#include "runner/text.hpp"

#include "runner/os.hpp"

#include <gtest/gtest.h>

namespace {

using namespace runner;

TEST(ShellQuote, LeavesPlainWordsAlone) {
    EXPECT_EQ(shell_quote("uname"), "uname");
    EXPECT_EQ(shell_quote("/bin/x-1.2,y"), "/bin/x-1.2,y");
}

TEST(ShellQuote, SurvivesTheShell) {
    for (std::string const word : {"", " ", "a b", "it's", "''", "$HOME", "`id`", "a\\b", "*",
                                   "a\nb", "\"", "#x", "~", "x=1;ls"}) {
        auto const line = "printf %s " + shell_quote(word);
        EXPECT_EQ(output_of({"/bin/sh", "-c", line}), word) << line;
    }
}

TEST(ShellQuote, JoinsWords) {
    EXPECT_EQ(shell_quote(std::vector<std::string>{"sh", "-c", "echo a"}), "sh -c 'echo a'");
}

TEST(JsonText, EscapesWhatWouldEndOrBreakIt) {
    EXPECT_EQ(json_text("plain"), R"("plain")");
    EXPECT_EQ(json_text("a\"b\\c\n"), R"("a\"b\\c\u000a")");
}

TEST(LineSplitter, PutsPiecesTogether) {
    LineSplitter lines;
    EXPECT_TRUE(lines.feed("on").empty());
    EXPECT_EQ(lines.feed("e\r\ntwo\nth"), (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(lines.rest(), "th");
    EXPECT_EQ(lines.feed("ree\n\n"), (std::vector<std::string>{"three", ""}));
    EXPECT_EQ(lines.rest(), "");
}

} // namespace
