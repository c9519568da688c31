// The characters of a terminal's output one by one: text, control characters, escape sequences.
#include "libs/screen/screen.hpp"

#include <algorithm>

namespace screen {
namespace {

constexpr char32_t replacement = 0xfffd;
constexpr u8 escape_byte = 0x1b;

/// DEC's line drawing characters, from '_' to '~'.
constexpr char16_t line_drawing[] = {
    0x00a0, 0x25c6, 0x2592, 0x2409, 0x240c, 0x240d, 0x240a, 0x00b0, 0x00b1, 0x2592, 0x240b,
    0x2518, 0x2510, 0x250c, 0x2514, 0x253c, 0x2500, 0x2500, 0x2500, 0x2500, 0x2500, 0x251c,
    0x2524, 0x2534, 0x252c, 0x2502, 0x2264, 0x2265, 0x03c0, 0x2260, 0x00a3, 0x00b7,
};
static_assert(sizeof line_drawing / sizeof line_drawing[0] == '~' - '_' + 1);

} // namespace

Screen::Screen(u32 rows, u32 columns)
    : rows_(rows),
      columns_(columns),
      cells_(usize{rows} * columns),
      order_(rows),
      changed_(rows, 1),
      tabs_(columns) {
    ensure(rows != 0 && columns != 0 && rows <= 0xffff, "a screen has rows and columns");
    reset();
}

void Screen::reset() {
    for (u32 i = 0; i < rows_; ++i)
        order_[i] = static_cast<u16>(i);
    for (u32 i = 0; i < columns_; ++i)
        tabs_[i] = i % 8 == 0 && i != 0;
    cursor_ = {};
    wrap_pending_ = false;
    top_ = 0;
    bottom_ = rows_;
    attributes_ = {};
    saved_ = {};
    line_drawing_[0] = line_drawing_[1] = false;
    charset_ = 0;
    cursor_visible_ = auto_wrap_ = true;
    application_cursor_keys_ = origin_mode_ = insert_mode_ = line_feed_returns_ = false;
    state_ = State::ground;
    continuation_ = 0;
    answers_size_ = 0;
    erase_display(2);
}

Slice<Cell const> Screen::row(u32 index) const {
    return Slice<Cell const>(cells_).from(usize{order_[index]} * columns_).first(columns_);
}

bool Screen::take_changed(u32 row) {
    return std::exchange(changed_[row], 0) != 0;
}

usize Screen::take_answers(Bytes into) {
    usize const count = copy_bytes(into, bytes_of({answers_, answers_size_}));
    std::copy(answers_ + count, answers_ + answers_size_, answers_);
    answers_size_ -= count;
    return count;
}

/// An answer for which there is no room is not given.
void Screen::answer(std::string_view text) {
    if (text.size() > sizeof answers_ - answers_size_)
        return;
    std::copy(text.begin(), text.end(), answers_ + answers_size_);
    answers_size_ += text.size();
}

void Screen::feed(ConstBytes bytes) {
    changed_[cursor_.row] = 1; // the cursor may leave it
    for (std::byte const byte : bytes)
        take(static_cast<u8>(byte));
    changed_[cursor_.row] = 1;
}

void Screen::take(u8 byte) {
    if (state_ == State::command || state_ == State::text)
        return take_text(byte);
    if (byte < 0x20 || byte == 0x7f) {
        if (continuation_ != 0) {
            continuation_ = 0;
            put(replacement);
        }
        return control(byte);
    }
    switch (state_) {
    case State::ground:
        return decode(byte);
    case State::escape:
        state_ = State::ground;
        return escape(byte);
    case State::designate:
        line_drawing_[designated_] = byte == '0';
        state_ = State::ground;
        return;
    case State::one_more:
        state_ = State::ground;
        return;
    case State::parameters:
        return collect(byte);
    case State::swallow:
        if (byte >= 0x40)
            state_ = State::ground;
        return;
    case State::palette:
        if (--palette_left_ == 0)
            state_ = State::ground;
        return;
    case State::command:
    case State::text:
        return;
    }
}

/// Of ESC \, the usual end, the second character does nothing. Linux's palette commands have no
/// end.
void Screen::take_text(u8 byte) {
    bool const first = std::exchange(state_, State::text) == State::command;
    if (byte == 0x07 || byte == 0x18 || byte == 0x1a || (first && byte == 'R')) {
        state_ = State::ground;
    } else if (byte == escape_byte) {
        state_ = State::escape;
    } else if (first && byte == 'P') {
        state_ = State::palette;
        palette_left_ = 7;
    }
}

/// These act also in the middle of a sequence.
void Screen::control(u8 byte) {
    switch (byte) {
    case 0x08:
        if (cursor_.column != 0)
            --cursor_.column;
        wrap_pending_ = false;
        break;
    case '\t':
        tab();
        break;
    case '\n':
    case 0x0b:
    case 0x0c:
        line_feed();
        if (line_feed_returns_)
            cursor_.column = 0;
        break;
    case '\r':
        cursor_.column = 0;
        wrap_pending_ = false;
        break;
    case 0x0e:
    case 0x0f:
        charset_ = byte == 0x0e ? 1 : 0;
        break;
    case 0x18:
    case 0x1a:
        state_ = State::ground;
        break;
    case escape_byte:
        state_ = State::escape;
        break;
    default:
        break;
    }
}

/// UTF-8 (RFC 3629); what is not well-formed shows as one sign per attempt.
void Screen::decode(u8 byte) {
    if (continuation_ != 0) {
        if ((byte & 0xc0) == 0x80) {
            unfinished_ = unfinished_ << 6 | (byte & 0x3f);
            if (--continuation_ != 0)
                return;
            constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x1'0000};
            bool const good = unfinished_ >= smallest[sequence_size_] && unfinished_ <= 0x10'ffff &&
                              (unfinished_ & 0xffff'f800) != 0xd800;
            return put(good ? unfinished_ : replacement);
        }
        continuation_ = 0;
        put(replacement);
    }
    if (byte < 0x80) {
        bool const drawing = line_drawing_[charset_] && byte >= '_' && byte <= '~';
        return put(drawing ? char32_t{line_drawing[byte - '_']} : char32_t{byte});
    }
    sequence_size_ = (byte & 0xe0) == 0xc0   ? 2
                     : (byte & 0xf0) == 0xe0 ? 3
                     : (byte & 0xf8) == 0xf0 ? 4
                                             : 0;
    if (sequence_size_ == 0)
        return put(replacement);
    unfinished_ = byte & (0x7f >> sequence_size_);
    continuation_ = static_cast<u8>(sequence_size_ - 1);
}

void Screen::put(char32_t character) {
    if (character >= 0x80 && character < 0xa0)
        return; // further control characters, which Linux's console ignores in UTF-8
    if (wrap_pending_) {
        wrap_pending_ = false;
        cursor_.column = 0;
        line_feed();
    }
    if (insert_mode_)
        insert_cells(1);
    Cell cell = blank();
    cell.character = attributes_.concealed ? U' ' : character;
    cell.underlined = attributes_.underlined;
    line(cursor_.row)[cursor_.column] = cell;
    changed_[cursor_.row] = 1;
    if (cursor_.column + 1 < columns_)
        ++cursor_.column;
    else
        wrap_pending_ = auto_wrap_;
}

void Screen::escape(u8 byte) {
    switch (byte) {
    case '[':
        state_ = State::parameters;
        parameter_count_ = 0;
        parameters_[0] = 0;
        marker_ = 0;
        break;
    case ']':
    case 'P': // device control, application program command and privacy message: texts, too
    case '_':
    case '^':
        state_ = byte == ']' ? State::command : State::text;
        break;
    case '(':
    case ')':
        state_ = State::designate;
        designated_ = byte == ')' ? 1 : 0;
        break;
    case '#':
    case '%':
    case ' ':
        state_ = State::one_more;
        break;
    case 'c':
        reset();
        break;
    case 'D':
        line_feed();
        break;
    case 'E':
        cursor_.column = 0;
        line_feed();
        break;
    case 'H':
        tabs_[cursor_.column] = 1;
        break;
    case 'M':
        reverse_line_feed();
        break;
    case 'Z':
        answer("\33[?6c");
        break;
    case '7':
        save();
        break;
    case '8':
        restore();
        break;
    default:
        break;
    }
}

void Screen::collect(u8 byte) {
    if (byte >= '0' && byte <= '9') {
        if (parameter_count_ == 0)
            parameter_count_ = 1;
        u32& value = parameters_[parameter_count_ - 1];
        value = std::min(value * 10 + (byte - '0'), largest_parameter);
    } else if (byte == ';' || byte == ':') {
        parameter_count_ = std::max<usize>(parameter_count_, 1);
        if (parameter_count_ == most_parameters) {
            state_ = State::swallow;
            return;
        }
        parameters_[parameter_count_++] = 0;
    } else if (byte >= '<' && byte <= '?' && parameter_count_ == 0 && marker_ == 0) {
        marker_ = byte;
    } else if (byte < 0x40) {
        state_ = State::swallow; // with an intermediate character: none of ours
    } else {
        state_ = State::ground;
        sequence(byte);
    }
}

} // namespace screen
