// PC keyboards as pure logic: scan codes become presses of keys, and those the bytes that programs
// read, as Linux's console sends them with its default map (US layout).
#pragma once

#include "libs/base/types.hpp"

#include <optional>
#include <string_view>

namespace keyboard {

enum class Key : u8 {
    character, ///< see Press::character; also Enter, Tab, Backspace and Escape
    function,  ///< see Press::number
    up,
    down,
    left,
    right,
    home,
    end,
    insert,
    remove,
    page_up,
    page_down,
};

/// A key that went down or repeats, with the modifiers that were held.
struct Press {
    Key key = Key::character;
    char character = 0; ///< with Shift and Caps Lock applied; Enter is '\r'
    u8 number = 0;      ///< of a function key: 1 to 12
    bool shift = false;
    bool control = false;
    bool alt = false;

    friend constexpr bool operator==(Press const&, Press const&) = default;
};

/// Follows scan code set 1, which PC keyboard controllers translate to.
class Decoder {
public:
    /// The press that this byte completes, if any.
    std::optional<Press> take(u8 code);

private:
    std::optional<Press> extended(u8 code) const;
    std::optional<Press> plain(u8 code);
    Press press(Key key) const;
    Press press(char character) const;
    /// Whether the code is a modifier's; keeps track of it.
    bool modifier(u8 code, bool is_extended, bool down);

    bool extended_ = false;
    u8 pause_bytes_ = 0; ///< of the Pause key's long sequence
    bool left_shift_ = false;
    bool right_shift_ = false;
    bool left_control_ = false;
    bool right_control_ = false;
    bool left_alt_ = false;
    bool right_alt_ = false;
    bool caps_lock_ = false;
    bool num_lock_ = false;
    bool caps_held_ = false; ///< locks change once a press, not with each repetition
    bool num_held_ = false;
};

/// A few bytes.
class Sequence {
public:
    void add(char byte) {
        if (size_ < sizeof bytes_)
            bytes_[size_++] = byte;
    }

    std::string_view view() const { return {bytes_, size_}; }

private:
    char bytes_[8] = {};
    u8 size_ = 0;
};

/// What a program reads for a press. `application_cursor_keys` is the terminal's mode (DECCKM).
Sequence bytes_of_press(Press const& press, bool application_cursor_keys);

} // namespace keyboard
