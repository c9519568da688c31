// Keys as terminals send them, and what each is for.
#pragma once

#include "libs/base/string.hpp"

#include <optional>

namespace edit {

enum class Action : u8 {
    none,
    insert, ///< see Key::text
    accept,
    interrupt,
    end_of_input, ///< Ctrl-D: deletes to the right if there is something
    delete_left,
    delete_right,
    left,
    right,
    word_left,
    word_right,
    start,
    end,
    kill_to_start,
    kill_to_end,
    kill_blank_word, ///< Ctrl-W: back to a blank
    kill_word_left,
    kill_word_right,
    yank,
    transpose,
    previous,
    next,
    search,
    give_up, ///< Ctrl-G
    clear,
    complete,
    quote, ///< Ctrl-V: the next byte as it is
    last_argument,
    undo,
};

struct Key {
    Action action = Action::none;
    String text = {};
};

/// Puts bytes together to keys: escape sequences of VT100, xterm and the Linux console, and UTF-8.
class Keys {
public:
    std::optional<Key> take(char byte);

    /// The next byte is text, whatever it is.
    void quote_next() { quoting_ = true; }

private:
    enum class State : u8 { plain, escape, sequence, function };

    std::optional<Key> plain(char byte);
    std::optional<Key> text(char byte);

    State state_ = State::plain;
    bool quoting_ = false;
    String pending_; ///< of a sequence or a character
};

} // namespace edit
