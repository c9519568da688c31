// Tests of the line discipline; expected behaviour is Linux's N_TTY.
#include "libs/tty/line_discipline.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace uapi::termios;

struct Screen final : tty::Effects {
    void echo(ConstBytes bytes) override { text += text_of(bytes); }

    void signal(tty::Signal signal) override { signals.push_back(signal); }

    void flow(bool is_stopped) override { stopped = is_stopped; }

    std::string text;
    std::vector<tty::Signal> signals;
    bool stopped = false;
};

struct LineDisciplineTest : testing::Test {
    void type(std::string_view text) { discipline.receive(bytes_of(text), screen); }

    std::string read(usize most = 1000) {
        std::string into(most, '\0');
        into.resize(discipline.read(std::as_writable_bytes(std::span(into))));
        return into;
    }

    std::string write(std::string_view text) {
        std::string into(1000, '\0');
        auto const done =
            discipline.process_output(bytes_of(text), std::as_writable_bytes(std::span(into)));
        EXPECT_EQ(done.taken, text.size());
        into.resize(done.produced);
        return into;
    }

    void change(u32 uapi::Termios::* field, u32 clear, u32 set) {
        auto settings = discipline.settings();
        settings.*field = (settings.*field & ~clear) | set;
        discipline.set_settings(settings);
    }

    void character(unsigned index, u8 value) {
        auto settings = discipline.settings();
        settings.characters[index] = value;
        discipline.set_settings(settings);
    }

    tty::LineDiscipline discipline;
    Screen screen;
};

TEST_F(LineDisciplineTest, LineIsReadableOnlyWhenComplete) {
    type("hel");
    EXPECT_FALSE(discipline.readable());
    type("lo\r");
    EXPECT_TRUE(discipline.readable());
    EXPECT_EQ(discipline.available(), 6u);
    EXPECT_EQ(read(), "hello\n");
    EXPECT_EQ(screen.text, "hello\r\n");
}

TEST_F(LineDisciplineTest, ReadTakesOneLineAtATimeAndMayStopInside) {
    type("one\ntwo\n");
    EXPECT_EQ(read(2), "on");
    EXPECT_EQ(read(), "e\n");
    EXPECT_EQ(read(), "two\n");
    EXPECT_FALSE(discipline.readable());
}

TEST_F(LineDisciplineTest, EraseWordAndKillEditTheLine) {
    type("abc\177d");
    EXPECT_EQ(screen.text, "abc\b \bd");
    type(" two  \027x");
    type("\n");
    EXPECT_EQ(read(), "abd x\n");
    screen.text.clear();
    type("xy\025");
    EXPECT_EQ(screen.text, "xy\b \b\b \b");
    type("\177z\n");
    EXPECT_EQ(read(), "z\n");
}

TEST_F(LineDisciplineTest, EraseOfATabGoesBackToItsStart) {
    write("$ ");
    type("a\t\177");
    EXPECT_EQ(screen.text, "a\t\b\b\b\b\b");
}

TEST_F(LineDisciplineTest, EraseTakesAWholeUtf8Character) {
    change(&uapi::Termios::input, 0, iutf8);
    type("a\xc3\xa4\177b\n");
    EXPECT_EQ(read(), "ab\n");
}

TEST_F(LineDisciplineTest, EndOfFileGivesAnEmptyReadOrEndsAPartialLine) {
    type("\004");
    EXPECT_TRUE(discipline.readable());
    EXPECT_EQ(read(), "");
    type("ab\004cd\n");
    EXPECT_EQ(read(), "ab");
    EXPECT_EQ(read(), "cd\n");
    type("abc\004");
    EXPECT_EQ(read(3), "abc");
    EXPECT_FALSE(discipline.readable()) << "the end of file belongs to the read before it";
}

TEST_F(LineDisciplineTest, SignalCharactersFlushAndEcho) {
    type("half\003");
    ASSERT_EQ(screen.signals.size(), 1u);
    EXPECT_EQ(screen.signals[0], tty::Signal::interrupt);
    EXPECT_EQ(screen.text, "half^C");
    type("x\n");
    EXPECT_EQ(read(), "x\n");
    change(&uapi::Termios::local, 0, noflsh);
    type("keep\032\034\n");
    EXPECT_EQ(screen.signals[1], tty::Signal::suspend);
    EXPECT_EQ(screen.signals[2], tty::Signal::quit);
    EXPECT_EQ(read(), "keep\n");
}

TEST_F(LineDisciplineTest, LiteralNextTakesTheSignalCharacterAsData) {
    type("a\026\003b\n");
    EXPECT_TRUE(screen.signals.empty());
    EXPECT_EQ(screen.text, "a^\b^Cb\r\n");
    EXPECT_EQ(read(), "a\003b\n");
}

TEST_F(LineDisciplineTest, FlowControlStopsAndStarts) {
    type("\023");
    EXPECT_TRUE(screen.stopped);
    type("\021");
    EXPECT_FALSE(screen.stopped);
    EXPECT_EQ(screen.text, "");
}

TEST_F(LineDisciplineTest, RawModePassesEverythingAndCountsTheMinimum) {
    change(&uapi::Termios::local, icanon | isig | uapi::termios::echo, 0);
    change(&uapi::Termios::input, icrnl | ixon, 0);
    character(vmin, 3);
    type("\003\r");
    EXPECT_FALSE(discipline.readable());
    EXPECT_TRUE(discipline.readable(false));
    type("\004");
    EXPECT_TRUE(discipline.readable());
    EXPECT_EQ(read(), "\003\r\004");
    EXPECT_EQ(screen.text, "");
}

TEST_F(LineDisciplineTest, LeavingCanonicalModeMakesAPartialLineReadable) {
    type("part");
    change(&uapi::Termios::local, icanon, 0);
    EXPECT_EQ(read(), "part");
}

TEST_F(LineDisciplineTest, ReprintShowsTheLineAgain) {
    type("ab\022");
    EXPECT_EQ(screen.text, "ab^R\r\nab");
}

TEST_F(LineDisciplineTest, OutputProcessing) {
    EXPECT_EQ(write("a\nb"), "a\r\nb");
    change(&uapi::Termios::output, 0, xtabs);
    EXPECT_EQ(write("\r\tx\t|"), "\r        x       |");
    change(&uapi::Termios::output, opost, 0);
    EXPECT_EQ(write("a\n\t"), "a\n\t");
}

TEST_F(LineDisciplineTest, OutputStopsWhereATranslationDoesNotFit) {
    std::byte into[3];
    auto const done = discipline.process_output(bytes_of("ab\nc"), into);
    EXPECT_EQ(done.taken, 2u);
    EXPECT_EQ(done.produced, 2u);
}

TEST_F(LineDisciplineTest, AnOverlongLineKeepsRoomForItsEnd) {
    change(&uapi::Termios::local, uapi::termios::echo, 0);
    type(std::string(5000, 'x'));
    type("\n");
    EXPECT_EQ(read(5000).size(), 4096u);
}

} // namespace
