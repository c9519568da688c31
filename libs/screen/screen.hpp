// A terminal's screen as pure logic: bytes from programs go in, a grid of cells comes out.
//
// It understands what Linux's console does (console_codes(4)): UTF-8, the VT100 and ECMA-48 control
// sequences for cursor, erasing, inserting, scroll regions and colours, and DEC's line drawing
// characters. Sequences it does not know are swallowed whole. Manual: docs/manual/simple-io.md.
#pragma once

#include "libs/base/memory.hpp"
#include "libs/base/slice.hpp"
#include "libs/base/vector.hpp"

#include <string_view>

namespace screen {

/// What stands in one place. Colours are numbers 0 to 15: black, red, green, brown, blue, magenta,
/// cyan, grey, and the same again bright.
struct Cell {
    char32_t character = ' ';
    u8 foreground = 7;
    u8 background = 0;
    bool underlined = false;

    friend constexpr bool operator==(Cell const&, Cell const&) = default;
};

/// From 0, the upper left corner.
struct Position {
    u32 row = 0;
    u32 column = 0;

    friend constexpr bool operator==(Position const&, Position const&) = default;
};

class Screen {
public:
    /// Both at least 1. Throws std::bad_alloc; nothing allocates later.
    Screen(u32 rows, u32 columns);

    u32 rows() const { return rows_; }

    u32 columns() const { return columns_; }

    /// Output of programs, cut anywhere.
    void feed(ConstBytes bytes);
    /// As after ESC c.
    void reset();

    Slice<Cell const> row(u32 index) const;

    /// Whether the row may look different since it was asked last.
    bool take_changed(u32 row);

    Position cursor() const { return cursor_; }

    bool cursor_visible() const { return cursor_visible_; }

    /// Cursor keys send ESC O instead of ESC [ (DECCKM).
    bool application_cursor_keys() const { return application_cursor_keys_; }

    /// What the terminal answers to questions (its kind, the cursor's place), as if typed: copies
    /// into `into` what fits and returns how much.
    usize take_answers(Bytes into);

private:
    enum class State : u8 {
        ground,
        escape,     ///< after ESC
        designate,  ///< after ESC ( or ESC ): a character set's letter follows
        one_more,   ///< after ESC # or ESC %: one character follows
        parameters, ///< after ESC [
        swallow,    ///< a control sequence of another kind, until its last character
        command,    ///< after ESC ]
        text,       ///< of such a command and its relatives, until BEL or ESC
        palette,    ///< ESC ] P: seven more characters
    };

    struct Attributes {
        u8 foreground = 7;
        u8 background = 0;
        bool bold = false;
        bool underlined = false;
        bool reversed = false;
        bool concealed = false;
    };

    /// What ESC 7 keeps and ESC 8 brings back.
    struct Saved {
        Position cursor;
        Attributes attributes;
        bool line_drawing[2] = {};
        u8 charset = 0;
    };

    static constexpr usize most_parameters = 16;
    static constexpr u32 largest_parameter = 32767;

    // screen.cpp: the characters one by one.
    void take(u8 byte);
    void control(u8 byte);
    void decode(u8 byte);
    void put(char32_t character);
    void escape(u8 byte);
    void collect(u8 byte);
    void take_text(u8 byte);
    void answer(std::string_view text);

    // sequences.cpp: what a control sequence does.
    u32 parameter(usize index, u32 otherwise) const;
    void sequence(u8 last);
    bool move(u8 last);
    bool edit(u8 last);
    void report(u8 last);
    void set_modes(bool on);
    void set_region();
    void set_attributes();
    usize set_colour(usize index, u8& colour);

    // grid.cpp: the cells.
    Cell* line(u32 row) { return cells_.begin() + usize{order_[row]} * columns_; }

    Cell blank() const;
    void fill(u32 row, u32 from, u32 to);
    void erase_display(u32 how);
    void erase_line(u32 how);
    void insert_cells(u32 count);
    void delete_cells(u32 count);
    void scroll(u32 top, u32 bottom, i64 up);
    void line_feed();
    void reverse_line_feed();
    void go_to(i64 row, i64 column);
    void go_to_in_region(i64 row, i64 column);
    void tab();
    void save();
    void restore();

    u32 rows_;
    u32 columns_;
    Vector<Cell> cells_;
    Vector<u16> order_; ///< which stretch of cells_ each row shows, so that scrolling moves none
    Vector<u8> changed_;
    Vector<u8> tabs_;

    Position cursor_;
    bool wrap_pending_ = false; ///< the last column was written: the next character begins a line
    u32 top_ = 0;               ///< scroll region
    u32 bottom_ = 0;            ///< exclusive
    Attributes attributes_;
    Saved saved_;
    bool line_drawing_[2] = {}; ///< whether G0 and G1 are DEC's line drawing characters
    u8 charset_ = 0;            ///< G0 or G1

    bool cursor_visible_ = true;
    bool application_cursor_keys_ = false;
    bool origin_mode_ = false;
    bool auto_wrap_ = true;
    bool insert_mode_ = false;
    bool line_feed_returns_ = false;

    State state_ = State::ground;
    u8 designated_ = 0;
    u8 marker_ = 0; ///< '?' and the like after ESC [
    u32 parameters_[most_parameters] = {};
    usize parameter_count_ = 0;
    u32 palette_left_ = 0;

    char32_t unfinished_ = 0; ///< of a UTF-8 sequence
    u8 continuation_ = 0;     ///< bytes it still needs
    u8 sequence_size_ = 0;

    char answers_[64] = {};
    usize answers_size_ = 0;
};

} // namespace screen
