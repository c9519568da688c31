// From scan codes of set 1 to presses of keys (IBM PC/AT Technical Reference, keyboard section).
#include "libs/keyboard/keyboard.hpp"

namespace keyboard {
namespace {

constexpr u8 released = 0x80;
constexpr u8 prefix = 0xe0;
constexpr u8 pause_prefix = 0xe1;

enum : u8 {
    code_control = 0x1d,
    code_left_shift = 0x2a,
    code_right_shift = 0x36,
    code_alt = 0x38,
    code_caps_lock = 0x3a,
    code_num_lock = 0x45,
    code_first_function = 0x3b,
    code_last_function = 0x44,
    code_first_pad = 0x47,
    code_last_pad = 0x53,
    code_f11 = 0x57,
    code_f12 = 0x58,
};

// From code 0x01 on; 0 where no character is.
constexpr char characters[] = "\33"
                              "1234567890-=\x7f"
                              "\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
constexpr char shifted[] = "\33"
                           "!@#$%^&*()_+\x7f"
                           "\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";
constexpr u8 last_character = 0x39;
static_assert(sizeof characters == last_character + 1 && sizeof shifted == sizeof characters);

/// The pad of digits without Num Lock, from code_first_pad on; the grey keys have the same codes
/// behind the prefix. `character` stands for those that show a sign always or nothing.
constexpr Key pad_keys[] = {Key::home,      Key::up,     Key::page_up,   Key::character, Key::left,
                            Key::character, Key::right,  Key::character, Key::end,       Key::down,
                            Key::page_down, Key::insert, Key::remove};
constexpr char pad_characters[] = "789-456+1230.";
static_assert(sizeof pad_keys == code_last_pad - code_first_pad + 1);

} // namespace

bool Decoder::modifier(u8 code, bool is_extended, bool down) {
    switch (code) {
    case code_control:
        (is_extended ? right_control_ : left_control_) = down;
        return true;
    case code_alt:
        (is_extended ? right_alt_ : left_alt_) = down;
        return true;
    case code_left_shift:
    case code_right_shift:
        if (!is_extended) // with the prefix it is no key, but part of a grey one
            (code == code_left_shift ? left_shift_ : right_shift_) = down;
        return true;
    case code_caps_lock:
        caps_lock_ = caps_lock_ != (down && !caps_held_);
        caps_held_ = down;
        return true;
    case code_num_lock:
        if (is_extended)
            return false;
        num_lock_ = num_lock_ != (down && !num_held_);
        num_held_ = down;
        return true;
    default:
        return false;
    }
}

std::optional<Press> Decoder::take(u8 code) {
    if (pause_bytes_ != 0) {
        --pause_bytes_;
        return std::nullopt;
    }
    if (code == pause_prefix) {
        pause_bytes_ = 2;
        return std::nullopt;
    }
    if (code == prefix) {
        extended_ = true;
        return std::nullopt;
    }
    bool const is_extended = extended_;
    extended_ = false;
    bool const down = (code & released) == 0;
    code &= static_cast<u8>(~released);
    if (modifier(code, is_extended, down) || !down)
        return std::nullopt;
    return is_extended ? extended(code) : plain(code);
}

Press Decoder::press(Key key) const {
    Press made;
    made.key = key;
    made.shift = left_shift_ || right_shift_;
    made.control = left_control_ || right_control_;
    made.alt = left_alt_ || right_alt_;
    return made;
}

Press Decoder::press(char character) const {
    Press made = press(Key::character);
    made.character = character;
    return made;
}

std::optional<Press> Decoder::extended(u8 code) const {
    if (code == 0x1c)
        return press('\r');
    if (code == 0x35)
        return press('/');
    if (code < code_first_pad || code > code_last_pad)
        return std::nullopt;
    Key const key = pad_keys[code - code_first_pad];
    return key == Key::character ? std::nullopt : std::optional(press(key));
}

std::optional<Press> Decoder::plain(u8 code) {
    if (code >= code_first_pad && code <= code_last_pad) {
        Key const key = pad_keys[code - code_first_pad];
        char const character = pad_characters[code - code_first_pad];
        if (num_lock_ || character == '-' || character == '+')
            return press(character);
        return key == Key::character ? std::nullopt : std::optional(press(key));
    }
    bool const function = code >= code_first_function && code <= code_last_function;
    if (function || code == code_f11 || code == code_f12) {
        Press made = press(Key::function);
        made.number =
            static_cast<u8>(function ? code - code_first_function + 1 : code - code_f11 + 11);
        return made;
    }
    if (code == 0x56) // the key that only keyboards with 102 keys have
        return press(left_shift_ || right_shift_ ? '>' : '<');
    if (code == 0 || code > last_character || characters[code - 1] == 0)
        return std::nullopt;
    char const base = characters[code - 1];
    bool const letter = base >= 'a' && base <= 'z';
    bool const upper = (left_shift_ || right_shift_) != (letter && caps_lock_);
    return press(upper ? shifted[code - 1] : base);
}

} // namespace keyboard
