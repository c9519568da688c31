// Decodes bytes from the keyboard.
#include "libs/edit/keys.hpp"

#include "libs/base/utf8.hpp"

namespace edit {
namespace {

constexpr usize longest = 16; ///< bytes of a sequence

Action control(char byte) {
    switch (byte ^ 0x40) {
    case 'A':
        return Action::start;
    case 'B':
        return Action::left;
    case 'C':
        return Action::interrupt;
    case 'D':
        return Action::end_of_input;
    case 'E':
        return Action::end;
    case 'F':
        return Action::right;
    case 'G':
        return Action::give_up;
    case 'H':
        return Action::delete_left;
    case 'I':
        return Action::complete;
    case 'J':
    case 'M':
        return Action::accept;
    case 'K':
        return Action::kill_to_end;
    case 'L':
        return Action::clear;
    case 'N':
        return Action::next;
    case 'P':
        return Action::previous;
    case 'R':
        return Action::search;
    case 'T':
        return Action::transpose;
    case 'U':
        return Action::kill_to_start;
    case 'V':
        return Action::quote;
    case 'W':
        return Action::kill_blank_word;
    case 'Y':
        return Action::yank;
    case '_':
        return Action::undo;
    default:
        return Action::none;
    }
}

/// Alt and a character.
Action meta(char byte) {
    switch (byte) {
    case 'b':
        return Action::word_left;
    case 'f':
        return Action::word_right;
    case 'd':
        return Action::kill_word_right;
    case '\b':
    case 0x7f:
        return Action::kill_word_left;
    case '.':
    case '_':
        return Action::last_argument;
    default:
        return Action::none;
    }
}

/// The end of ESC [ or ESC O, and the numbers before it: `1;5` with Ctrl held, `1;3` with Alt.
Action sequence(std::string_view numbers, char last) {
    bool const with_modifier =
        numbers.ends_with(";5") || numbers.ends_with(";3") || numbers == "5" || numbers == "3";
    switch (last) {
    case 'A':
        return Action::previous;
    case 'B':
        return Action::next;
    case 'C':
        return with_modifier ? Action::word_right : Action::right;
    case 'D':
        return with_modifier ? Action::word_left : Action::left;
    case 'H':
        return Action::start;
    case 'F':
        return Action::end;
    case '~':
        if (numbers == "1" || numbers == "7")
            return Action::start;
        if (numbers == "4" || numbers == "8")
            return Action::end;
        if (numbers == "3")
            return Action::delete_right;
        return Action::none;
    default:
        return Action::none;
    }
}

} // namespace

std::optional<Key> Keys::take(char byte) {
    if (quoting_) {
        quoting_ = false;
        return Key{Action::insert, std::string_view(&byte, 1)};
    }
    switch (state_) {
    case State::plain:
        return plain(byte);
    case State::escape:
        state_ = byte == '[' ? State::sequence : byte == 'O' ? State::function : State::plain;
        pending_.clear();
        if (byte == '\x1b')
            state_ = State::escape;
        if (state_ != State::plain)
            return std::nullopt;
        return Key{meta(byte)};
    case State::sequence:
    case State::function:
        if (byte >= 0x40 && byte <= 0x7e && !(byte == '[' && pending_.empty())) {
            state_ = State::plain;
            Key key{sequence(pending_, byte)};
            pending_.clear();
            return key;
        }
        if (byte < ' ' || pending_.size() == longest) {
            state_ = State::plain; // no sequence after all
            pending_.clear();
            return plain(byte);
        }
        pending_.push_back(byte);
        return std::nullopt;
    }
    return std::nullopt;
}

std::optional<Key> Keys::plain(char byte) {
    if (static_cast<u8>(byte) >= 0x80)
        return text(byte);
    pending_.clear();
    if (byte == '\x1b') {
        state_ = State::escape;
        return std::nullopt;
    }
    if (byte == 0x7f)
        return Key{Action::delete_left};
    if (static_cast<u8>(byte) < ' ')
        return Key{control(byte)};
    return Key{Action::insert, std::string_view(&byte, 1)};
}

/// A byte of a character with more than one; waits until the character is whole.
std::optional<Key> Keys::text(char byte) {
    bool const follows = (static_cast<u8>(byte) & 0xc0) == 0x80;
    if (!follows)
        pending_.clear();
    pending_.push_back(byte);
    u8 const first = static_cast<u8>(pending_[0]);
    usize const whole = first < 0xc2   ? 1
                        : first < 0xe0 ? 2
                        : first < 0xf0 ? 3
                        : first < 0xf5 ? 4
                                       : 1;
    if (pending_.size() < whole)
        return std::nullopt;
    Key key{Action::insert, pending_};
    pending_.clear();
    return key;
}

} // namespace edit
