// Sessions at the line editor, on a terminal that shows what a person would see.
#include "libs/edit/editor.hpp"
#include "libs/edit/fake_terminal.hpp"

#include <string>

#include <gtest/gtest.h>

namespace {

using namespace edit;

class Words final : public Completer {
public:
    Completions complete(std::string_view line, usize cursor) override {
        Completions result;
        result.begin = line.substr(0, cursor).find_last_of(' ') + 1;
        auto const typed = line.substr(result.begin, cursor - result.begin);
        for (auto const& word : words)
            if (word.starts_with(typed))
                result.candidates.push_back(
                    {std::string_view(word), std::string_view(word), !word.ends_with('/')});
        return result;
    }

    std::vector<std::string> words;
};

class Editing : public testing::Test {
protected:
    void SetUp() override { begin("$ ", 40); }

    void begin(std::string_view prompt, usize columns) {
        terminal = FakeTerminal(columns);
        editor.begin(prompt, columns);
        terminal.write(editor.take_output());
    }

    Outcome type(std::string_view keys) {
        Outcome outcome = Outcome::more;
        for (char const key : keys)
            outcome = editor.take(key);
        written = std::string(editor.take_output().view());
        terminal.write(written);
        return outcome;
    }

    std::string line(std::string_view keys) {
        type(keys);
        std::string const text(editor.line());
        type("\x03");
        begin("$ ", 40);
        return text;
    }

    History history;
    Words words;
    Editor editor{history, words};
    FakeTerminal terminal{40};
    std::string written;
};

constexpr char const* left = "\x1b[D";
constexpr char const* right = "\x1b[C";
constexpr char const* up = "\x1b[A";
constexpr char const* down = "\x1b[B";

TEST_F(Editing, TypesAndEnters) {
    EXPECT_EQ(type("echo hi"), Outcome::more);
    EXPECT_EQ(terminal.screen(), "$ echo hi\n");
    EXPECT_EQ(written, "echo hi") << "at the end of the line nothing but the characters is written";
    EXPECT_EQ(type("\r"), Outcome::line);
    EXPECT_EQ(editor.line(), "echo hi");
    EXPECT_EQ(terminal.column(), 0U);
    EXPECT_EQ(terminal.row(), 1U);
}

TEST_F(Editing, MovesAndDeletes) {
    EXPECT_EQ(line(std::string("ac") + left + "b"), "abc");
    EXPECT_EQ(line(std::string("abc") + left + left + right + "x"), "abxc");
    EXPECT_EQ(line("abc\x7f\x7fx"), "ax");
    EXPECT_EQ(line("abc\x01x\x05y"), "xabcy");
    EXPECT_EQ(line("abc\x1b[Hx\x1b[Fy"), "xabcy");
    EXPECT_EQ(line("abc\x1b[1~x\x1b[4~y\x1bOHz"), "zxabcy");
    EXPECT_EQ(line("abc\x01\x1b[3~\x04"), "c");
    EXPECT_EQ(line("one two\x1b"
                   "bx\x1b[1;5D\x1b[1;5Dy"),
              "yone xtwo");
    EXPECT_EQ(line("one two\x01\x1b"
                   "fx"),
              "onex two");
    EXPECT_EQ(line("ab\x14"), "ba");
    EXPECT_EQ(line("a\x16\x01"), "a\x01");
}

TEST_F(Editing, CutsAndPastes) {
    EXPECT_EQ(line("one two\x17"), "one ");
    EXPECT_EQ(line("one two\x17\x17x\x19"), "xone two");
    EXPECT_EQ(line("one two\x01\x0b\x19\x19"), "one twoone two");
    EXPECT_EQ(line("one two\x15z"), "z");
    EXPECT_EQ(line("a/b\x1b\x7f"), "a/");
    EXPECT_EQ(line("a b\x01\x1b"
                   "d"),
              " b");
    EXPECT_EQ(line("abc def\x17\x1f"), "abc def");
    EXPECT_EQ(line("abc\x1f"), "");
}

TEST_F(Editing, Ends) {
    EXPECT_EQ(type("abc\x03"), Outcome::interrupted);
    EXPECT_EQ(terminal.screen(), "$ abc^C\n");
    begin("$ ", 10);
    type("12345678\x03");
    EXPECT_EQ(terminal.screen(), "$ 12345678\n^C\n");
    EXPECT_EQ(terminal.column(), 0U);
    begin("$ ", 40);
    EXPECT_EQ(type("\x04"), Outcome::end_of_input);
}

TEST_F(Editing, CharactersOfAllWidths) {
    EXPECT_EQ(line("h\xc3\xa9\x7f"
                   "e"),
              "he");
    type("\xe6\xbc\xa2"
         "e\xcc\x81"
         "x");
    EXPECT_EQ(terminal.screen(), "$ 漢e\xcc\x81x\n");
    EXPECT_EQ(terminal.column(), 6U);
    type(std::string(left) + left + left + left + "a");
    EXPECT_EQ(terminal.screen(), "$ a漢e\xcc\x81x\n");
    EXPECT_EQ(terminal.column(), 3U);
    type("\x05\x16\x01\xff");
    EXPECT_EQ(terminal.screen(), "$ a漢e\xcc\x81x^A\xef\xbf\xbd\n");
}

TEST_F(Editing, LongLinesWrap) {
    begin("$ ", 10);
    type("12345678");
    EXPECT_EQ(terminal.row(), 1U) << "a full row has the cursor on the next";
    EXPECT_EQ(terminal.column(), 0U);
    type("abc\x01x");
    EXPECT_EQ(terminal.screen(), "$ x1234567\n8abc\n");
    EXPECT_EQ(terminal.row(), 0U);
    type("\x05\x7f\x7f\x7f\x7f\x7f");
    EXPECT_EQ(terminal.screen(), "$ x123456\n");
    EXPECT_EQ(type("\r"), Outcome::line);
    EXPECT_EQ(terminal.row(), 1U);
}

TEST_F(Editing, NewlinesBehindFullRows) {
    history.add("123\nx");
    begin("$ ", 5);
    type(up);
    EXPECT_EQ(terminal.screen(), "$ 123\n\nx\n");
    type("\x01");
    EXPECT_EQ(terminal.row(), 0U);
    EXPECT_EQ(terminal.column(), 2U);
}

TEST_F(Editing, WideCharactersWrapEarly) {
    begin("$ ", 5);
    type("ab\xe6\xbc\xa2");
    EXPECT_EQ(terminal.screen(), "$ ab\n漢\n");
    EXPECT_EQ(terminal.column(), 2U);
    type("\x7f");
    EXPECT_EQ(terminal.screen(), "$ ab\n");
    EXPECT_EQ(terminal.column(), 4U);
}

TEST_F(Editing, TheWindowChanges) {
    type("a long line of text that is here");
    terminal = FakeTerminal(20); // its lines broken anew
    terminal.write("$ a long line of text that is here");
    editor.resize(20);
    terminal.write(editor.take_output());
    EXPECT_EQ(terminal.screen(), "$ a long line of tex\nt that is here\n");
    EXPECT_EQ(terminal.column(), 14U);
    type("\x0c");
    EXPECT_EQ(terminal.screen(), "$ a long line of tex\nt that is here\n");
}

TEST_F(Editing, GoesThroughTheHistory) {
    for (auto const* const entry :
         {"echo one", "ls", "echo two", "echo two", "  secret", "multi\nline"})
        history.add(entry);
    EXPECT_EQ(history.size(), 4U);
    begin("$ ", 40);
    EXPECT_EQ(line(std::string(up) + up), "echo two");
    EXPECT_EQ(line(std::string(up) + up + down), "multi\nline");
    EXPECT_EQ(line(std::string("new") + down), "new");
    EXPECT_EQ(line(std::string("echo") + up + up), "echo one") << "only what begins like it";
    EXPECT_EQ(line(std::string("echo") + up + up + down + down), "echo");
    EXPECT_EQ(line(std::string("\x10\x10\x10\x10\x10")), "echo one");
    type(up);
    EXPECT_EQ(terminal.screen(), "$ multi\nline\n");
    EXPECT_EQ(line("x \x1b.\x1b."), "multi\nlinex two");
}

TEST_F(Editing, Searches) {
    for (auto const* const entry : {"make all", "echo make", "ls"})
        history.add(entry);
    begin("$ ", 40);
    type("\x12ma");
    EXPECT_EQ(terminal.screen(), "(search `ma') echo make\n");
    type("\x12");
    EXPECT_EQ(terminal.screen(), "(search `ma') make all\n");
    EXPECT_EQ(type("\r"), Outcome::line);
    EXPECT_EQ(editor.line(), "make all");
    begin("$ ", 40);
    EXPECT_EQ(line("typed\x12ls\x07"), "typed");
    EXPECT_EQ(line("\x12"
                   "ech\x05!"),
              "echo make!");
    EXPECT_EQ(line("\x12lsx\x7f\x05"), "ls");
}

TEST_F(Editing, Completes) {
    words.words = {"bar", "foo1", "foo2", "unique", "dir/"};
    EXPECT_EQ(line("un\t"), "unique ");
    EXPECT_EQ(line("d\tx"), "dir/x");
    EXPECT_EQ(line("f\t1"), "foo1");
    EXPECT_EQ(line("x un\ty"), "x unique y");
    type("foo\t");
    EXPECT_EQ(terminal.bells(), 1U);
    type("\t");
    EXPECT_EQ(terminal.screen(), "$ foo\nfoo1  foo2\n$ foo\n");
    type("1");
    EXPECT_EQ(terminal.screen(), "$ foo\nfoo1  foo2\n$ foo1\n");
    begin("$ ", 40);
    type("none\t");
    EXPECT_EQ(terminal.bells(), 1U);
}

TEST_F(Editing, ListsInColumns) {
    for (int i = 0; i < 7; ++i)
        words.words.push_back("file-number-" + std::to_string(i));
    type("file-number-\t\t");
    EXPECT_EQ(terminal.screen(), "$ file-number-\n"
                                 "file-number-0  file-number-4\n"
                                 "file-number-1  file-number-5\n"
                                 "file-number-2  file-number-6\n"
                                 "file-number-3\n"
                                 "$ file-number-\n");
}

TEST_F(Editing, ColouredPrompts) {
    begin("\x1b[32m~\x1b[0m $ ", 40);
    type(std::string("ab") + left + "x");
    EXPECT_EQ(terminal.screen(), "~ $ axb\n");
    EXPECT_EQ(terminal.column(), 6U);
}

TEST_F(Editing, UnknownKeysDoNothing) {
    EXPECT_EQ(line("a\x1b[200~b\x1b[19~c\x1b[[Ad\x1bqe"), "abcde");
}

TEST(History, FilesKeepEverything) {
    History first;
    first.add("plain");
    first.add("two\nlines \\n \\");
    String file;
    for (usize i = 0; i < first.size(); ++i)
        file.append(History::encode(first[i]));
    EXPECT_EQ(file, "plain\ntwo\\nlines \\\\n \\\\\n");
    History second;
    second.load(file);
    ASSERT_EQ(second.size(), 2U);
    EXPECT_EQ(second[1], "two\nlines \\n \\");
}

TEST(History, ForgetsTheOldest) {
    History history;
    for (usize i = 0; i < History::most + 5; ++i)
        history.add(std::to_string(i));
    EXPECT_EQ(history.size(), History::most);
    EXPECT_EQ(history[0], "5");
}

} // namespace
