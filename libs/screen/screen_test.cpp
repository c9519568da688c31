// Tests of the screen: what programs print and what then stands where.
#include "libs/screen/screen.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using screen::Cell;
using screen::Position;
using screen::Screen;

/// The rows as text without trailing spaces, each ending with '|'; characters beyond ASCII are '?'.
std::string text(Screen const& screen) {
    std::string all;
    for (u32 i = 0; i < screen.rows(); ++i) {
        std::string line;
        for (Cell const& cell : screen.row(i))
            line += cell.character < 0x80 ? static_cast<char>(cell.character) : '?';
        line.erase(line.find_last_not_of(' ') + 1);
        all += line + '|';
    }
    return all;
}

void show(Screen& screen, std::string_view bytes) {
    screen.feed(bytes_of(bytes));
}

std::string after(std::string_view bytes, u32 rows = 4, u32 columns = 10) {
    Screen screen(rows, columns);
    show(screen, bytes);
    return text(screen);
}

std::string answers(Screen& screen) {
    std::string all(100, '\0');
    all.resize(screen.take_answers(std::as_writable_bytes(std::span(all))));
    return all;
}

TEST(Screen, LinesWrapAndScroll) {
    EXPECT_EQ(after("one\r\ntwo"), "one|two|||");
    EXPECT_EQ(after("one\ntwo"), "one|   two|||");
    EXPECT_EQ(after("0123456789abc"), "0123456789|abc|||");
    EXPECT_EQ(after("1\r\n2\r\n3\r\n4\r\n5"), "2|3|4|5|");
    EXPECT_EQ(after("ab\rc\bd\te"), "db      e||||");
}

TEST(Screen, TheLastColumnWrapsOnlyWithTheNextCharacter) {
    EXPECT_EQ(after("0123456789\r\nx"), "0123456789|x|||");
    EXPECT_EQ(after("0123456789\bx"), "01234567x9||||");
    EXPECT_EQ(after("\33[?7l0123456789abc"), "012345678c||||");
}

TEST(Screen, TheCursorGoesWhereItIsSent) {
    EXPECT_EQ(after("\33[2;3Hx\33[Ay\33[3Dz\33[B\33[CX"), " z y|  xX|||");
    EXPECT_EQ(after("\33[99;99Hx"), "|||         x|");
    EXPECT_EQ(after("\33[Hx\33[3dy\33[7Gz"), "x|| y    z||");
    EXPECT_EQ(after("ab\33[s\33[4;4Hx\33[uc"), "abc|||   x|");
    EXPECT_EQ(after("ab\33"
                    "7\33[4;4Hx\33"
                    "8c"),
              "abc|||   x|");
    EXPECT_EQ(after("a\33Eb\33Dc"), "a|b| c||");
}

TEST(Screen, ErasingAndShifting) {
    EXPECT_EQ(after("abcdef\33[3D\33[K"), "abc||||");
    EXPECT_EQ(after("abcdef\33[3D\33[1K"), "    ef||||");
    EXPECT_EQ(after("abcdef\33[2K"), "||||");
    EXPECT_EQ(after("abcdef\33[4D\33[2P"), "abef||||");
    EXPECT_EQ(after("abcdef\33[4D\33[2@"), "ab  cdef||||");
    EXPECT_EQ(after("abcdef\33[4D\33[2X"), "ab  ef||||");
    EXPECT_EQ(after("abc\33[4h\33[2D12"), "a12bc||||");
    EXPECT_EQ(after("a\r\nb\r\nc\33[2;1H\33[J"), "a||||");
    EXPECT_EQ(after("a\r\nb\r\nc\33[2;1H\33[1J"), "||c||");
    EXPECT_EQ(after("a\r\nb\r\nc\33[2J"), "||||");
}

TEST(Screen, LinesComeAndGoInsideTheScrollRegion) {
    std::string const four = "1\r\n2\r\n3\r\n4";
    EXPECT_EQ(after(four + "\33[2;1H\33[L"), "1||2|3|");
    EXPECT_EQ(after(four + "\33[2;1H\33[M"), "1|3|4||");
    EXPECT_EQ(after(four + "\33[2;3r\33[3;1H\n"), "1|3||4|");
    EXPECT_EQ(after(four + "\33[2;3r\33[2;1H\33M"), "1||2|4|");
    EXPECT_EQ(after(four + "\33[2;3r\33[2;1H\33[L"), "1||2|4|");
    EXPECT_EQ(after(four + "\33[2;3r\33[4;1H\n\nx"), "1|2|3|x|");
    EXPECT_EQ(after(four + "\33[2;3r\33[?6h\33[1;1Hx\33[9;1Hy"), "1|x|y|4|");
    EXPECT_EQ(after(four + "\33[3;2rx"), "1|2|3|4x|"); // no region at all
    EXPECT_EQ(after(four + "\33[S"), "2|3|4||");
    EXPECT_EQ(after(four + "\33[99T"), "||||");
}

TEST(Screen, ColoursAndStyles) {
    Screen screen(1, 12);
    show(screen,
         "\33[31ma\33[1mb\33[44mc\33[7md\33[0me\33[4mf\33[92;103mg\33[38;5;196mh\33[m\33[8mi");
    auto const cells = screen.row(0);
    EXPECT_EQ(cells[0].foreground, 1);
    EXPECT_EQ(cells[1].foreground, 9);
    EXPECT_EQ(cells[2].background, 4);
    EXPECT_EQ(cells[3].foreground, 4);
    EXPECT_EQ(cells[3].background, 9);
    EXPECT_EQ(cells[4], (Cell{.character = 'e'}));
    EXPECT_TRUE(cells[5].underlined);
    EXPECT_EQ(cells[6].foreground, 10);
    EXPECT_EQ(cells[6].background, 11);
    EXPECT_EQ(cells[7].foreground, 9); // bright red
    EXPECT_EQ(cells[8].character, U' ');
    show(screen, "\33[m\33[45m\33[2J");
    EXPECT_EQ(screen.row(0)[11].background, 5); // erased in the colour in force
}

TEST(Screen, CharactersBeyondAscii) {
    Screen screen(1, 10);
    show(screen, "\xc3\xa9\xe2\x94\x80\xf0\x9f\x98\x80\xc3x\x80\33(0q\33(Bq");
    auto const cells = screen.row(0);
    char32_t const expected[] = {0xe9, 0x2500, 0x1f600, 0xfffd, 'x', 0xfffd, 0x2500, 'q'};
    for (usize i = 0; i < std::size(expected); ++i)
        EXPECT_EQ(cells[i].character, expected[i]) << i;
    show(screen, "\r\xc0\xaf\xed\xa0\x80"); // too long, and half of a surrogate pair
    EXPECT_EQ(screen.row(0)[0].character, 0xfffdu);
    EXPECT_EQ(screen.row(0)[1].character, 0xfffdu);
    show(screen, "\r\33)0\16x\17x");
    EXPECT_EQ(screen.row(0)[0].character, 0x2502u);
    EXPECT_EQ(screen.row(0)[1].character, U'x');
}

TEST(Screen, QuestionsAreAnswered) {
    Screen screen(10, 40);
    show(screen, "\33[5;7H\33[6n\33[5n\33[c");
    EXPECT_EQ(answers(screen), "\33[5;7R\33[0n\33[?6c");
    EXPECT_EQ(answers(screen), "");
    for (int i = 0; i < 1000; ++i)
        show(screen, "\33[6n");
    EXPECT_EQ(answers(screen).size() % 6, 0u); // whole answers only
}

TEST(Screen, UnknownSequencesAreSwallowedWhole) {
    EXPECT_EQ(after("a\33[?1049hb\33[>4;2mc\33[1;2;3zd"), "abcd||||");
    EXPECT_EQ(after("a\33]0;title\7b\33]2;title\33\\c"), "abc||||");
    EXPECT_EQ(after("a\33]P7aabbccb\33]Rc"), "abc||||");
    EXPECT_EQ(after("a\33P1$r0m\33\\b\33%Gc\33#8d\33[!pe"), "abcde||||");
    EXPECT_EQ(after("a\33[12\30b\33[3\rc"), "ab||||");
    EXPECT_EQ(after("a\33[;;;;;;;;;;;;;;;;;;;;;;;;;;Hb"), "ab||||");
}

TEST(Screen, ModesThatOthersAskFor) {
    Screen screen(2, 4);
    EXPECT_FALSE(screen.application_cursor_keys());
    show(screen, "\33[?1h\33[?25l");
    EXPECT_TRUE(screen.application_cursor_keys());
    EXPECT_FALSE(screen.cursor_visible());
    show(screen, "x\33c");
    EXPECT_FALSE(screen.application_cursor_keys());
    EXPECT_TRUE(screen.cursor_visible());
    EXPECT_EQ(text(screen), "||");
    EXPECT_EQ(screen.cursor(), (Position{0, 0}));
}

TEST(Screen, OnlyWhatChangedIsSaidToHaveChanged) {
    Screen screen(4, 10);
    for (u32 i = 0; i < 4; ++i)
        screen.take_changed(i);
    show(screen, "\33[3;1Hx");
    EXPECT_TRUE(screen.take_changed(0)); // the cursor left it
    EXPECT_FALSE(screen.take_changed(1));
    EXPECT_TRUE(screen.take_changed(2));
    EXPECT_FALSE(screen.take_changed(2));
    EXPECT_FALSE(screen.take_changed(3));
}

} // namespace
