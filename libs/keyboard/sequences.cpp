// What programs read for a key: the sequences of TERM=linux (terminfo, and Linux's default keymap).
#include "libs/keyboard/keyboard.hpp"

namespace keyboard {
namespace {

constexpr char escape = '\33';

Sequence sequence(std::string_view text) {
    Sequence made;
    for (char const character : text)
        made.add(character);
    return made;
}

/// Control with a character, as Linux's default keymap has it; nothing where it has none.
std::optional<char> with_control(char character) {
    if (character >= 'a' && character <= 'z')
        return static_cast<char>(character - 'a' + 1);
    if (character >= '@' && character <= '_') // capitals and what stands beside them
        return static_cast<char>(character - '@');
    switch (character) {
    case ' ':
    case '2':
    case '`':
    case '~':
        return '\0';
    case '3':
    case '{':
        return escape;
    case '4':
    case '|':
        return '\x1c';
    case '5':
    case '}':
        return '\x1d';
    case '6':
        return '\x1e';
    case '7':
    case '-':
        return '\x1f';
    case '8':
    case '/':
    case '?':
        return '\x7f';
    case '\x7f':
        return '\b';
    case '\r':
    case '\t':
    case escape:
        return character;
    default:
        return std::nullopt;
    }
}

Sequence of_function_key(u8 number, bool shift) {
    // F1 to F5 are the console's own; from F6 on as on a VT220, which leaves out some numbers.
    constexpr u8 codes[] = {17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34};
    if (!shift && number <= 5) {
        char const text[] = {escape, '[', '[', static_cast<char>('A' + number - 1)};
        return sequence({text, sizeof text});
    }
    usize const place = shift ? usize{number} + 6 : usize{number} - 6;
    if (place >= sizeof codes)
        return {};
    u8 const code = codes[place];
    char const text[] = {escape, '[', static_cast<char>('0' + code / 10),
                         static_cast<char>('0' + code % 10), '~'};
    return sequence({text, sizeof text});
}

Sequence of_character(Press const& press) {
    Sequence made;
    std::optional<char> character = press.character;
    bool meta = press.alt;
    if (press.control)
        character = with_control(press.character);
    else if (press.character == '\t' && press.shift)
        meta = true;
    if (!character)
        return made;
    if (meta)
        made.add(escape);
    made.add(*character);
    return made;
}

} // namespace

Sequence bytes_of_press(Press const& press, bool application_cursor_keys) {
    auto const arrow = [&](char letter) {
        char const text[] = {escape, application_cursor_keys ? 'O' : '[', letter};
        return sequence({text, sizeof text});
    };
    switch (press.key) {
    case Key::character:
        return of_character(press);
    case Key::function:
        return of_function_key(press.number, press.shift);
    case Key::up:
        return arrow('A');
    case Key::down:
        return arrow('B');
    case Key::right:
        return arrow('C');
    case Key::left:
        return arrow('D');
    case Key::home:
        return sequence("\33[1~");
    case Key::insert:
        return sequence("\33[2~");
    case Key::remove:
        return sequence("\33[3~");
    case Key::end:
        return sequence("\33[4~");
    case Key::page_up:
        return sequence("\33[5~");
    case Key::page_down:
        return sequence("\33[6~");
    }
    return {};
}

} // namespace keyboard
