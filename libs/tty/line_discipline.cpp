// Input processing: POSIX.1 section 11.1 with Linux's extensions.
#include "libs/tty/line_discipline.hpp"

#include <algorithm>

namespace tty {

using namespace uapi::termios;

namespace {

bool is_control(u8 character) {
    return character < 0x20 || character == 0x7f;
}

bool is_continuation(u8 character) {
    return (character & 0xc0) == 0x80;
}

bool is_word(u8 character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z') || character == '_' || character >= 0x80;
}

} // namespace

void LineDiscipline::set_settings(uapi::Termios const& settings) {
    bool const was_canonical = local_flag(icanon);
    settings_ = settings;
    if (local_flag(icanon) == was_canonical)
        return;
    line_end_.reset();
    literal_next_ = false;
    line_start_ = tail_;
    if (local_flag(icanon) && used() != 0) {
        line_end_.set((head_ - 1) % capacity); // what was typed raw reads as one line
        line_start_ = head_;
    }
}

void LineDiscipline::receive(ConstBytes input, Effects& effects) {
    for (std::byte const byte : input)
        receive_one(static_cast<u8>(byte), effects);
}

void LineDiscipline::receive_one(u8 character, Effects& effects) {
    if (input_flag(istrip))
        character &= 0x7f;
    if (input_flag(iuclc) && local_flag(iexten) && character >= 'A' && character <= 'Z')
        character += 'a' - 'A';
    if (literal_next_) {
        literal_next_ = false;
        if (local_flag(uapi::termios::echo))
            echo(character, effects);
        push(character, effects);
        return;
    }
    if (input_flag(ixon)) {
        if (is(character, vstart) || is(character, vstop)) {
            stopped_ = is(character, vstop) && !(is(character, vstart) && stopped_);
            effects.flow(stopped_);
            return;
        }
    }
    if (local_flag(isig) && receive_signal(character, effects))
        return;
    if (stopped_ && input_flag(ixon) && input_flag(ixany)) {
        stopped_ = false;
        effects.flow(false);
    }
    if (character == '\r') {
        if (input_flag(igncr))
            return;
        if (input_flag(icrnl))
            character = '\n';
    } else if (character == '\n' && input_flag(inlcr))
        character = '\r';

    if (local_flag(icanon) && receive_canonical(character, effects))
        return;
    if (local_flag(uapi::termios::echo)) {
        if (head_ == line_start_)
            start_column_ = column_;
        if (used() < capacity - 1)
            echo(character, effects);
    }
    if (input_flag(parmrk) && character == 0xff)
        push(character, effects);
    push(character, effects);
}

bool LineDiscipline::receive_signal(u8 character, Effects& effects) {
    Signal signal;
    if (is(character, vintr))
        signal = Signal::interrupt;
    else if (is(character, vquit))
        signal = Signal::quit;
    else if (is(character, vsusp))
        signal = Signal::suspend;
    else
        return false;
    if (!local_flag(noflsh))
        flush_input();
    if (stopped_ && input_flag(ixon)) {
        stopped_ = false;
        effects.flow(false);
    }
    if (local_flag(uapi::termios::echo))
        echo(character, effects);
    effects.signal(signal);
    return true;
}

/// Whether the character was consumed.
bool LineDiscipline::receive_canonical(u8 character, Effects& effects) {
    bool const extended = local_flag(iexten);
    if (is(character, verase) || is(character, vkill) || (extended && is(character, vwerase))) {
        erase(character, effects);
        return true;
    }
    if (extended && is(character, vlnext)) {
        literal_next_ = true;
        if (local_flag(uapi::termios::echo) && local_flag(echoctl))
            put_raw("^\b", effects);
        return true;
    }
    if (extended && local_flag(uapi::termios::echo) && is(character, vreprint)) {
        reprint(effects);
        return true;
    }
    if (character == '\n') {
        if (local_flag(uapi::termios::echo) || local_flag(echonl))
            put('\n', effects);
        end_line('\n', effects);
        return true;
    }
    if (is(character, veof)) {
        end_line(0, effects);
        return true;
    }
    if (is(character, veol) || (extended && is(character, veol2))) {
        if (local_flag(uapi::termios::echo))
            echo(character, effects);
        end_line(character, effects);
        return true;
    }
    return false;
}

/// The last place is kept for the end of the line in canonical mode.
void LineDiscipline::push(u8 character, Effects& effects) {
    if (used() >= capacity - 1) {
        if (input_flag(imaxbel))
            put_raw("\a", effects);
        return;
    }
    line_end_.reset(head_ % capacity);
    at(head_++) = character;
}

void LineDiscipline::end_line(u8 character, Effects& effects) {
    if (used() >= capacity) {
        if (input_flag(imaxbel))
            put_raw("\a", effects);
        return;
    }
    line_end_.set(head_ % capacity);
    at(head_++) = character;
    line_start_ = head_;
}

void LineDiscipline::erase(u8 kind, Effects& effects) {
    if (head_ == line_start_)
        return;
    bool const echoing = local_flag(uapi::termios::echo);
    bool const whole_line = is(kind, vkill);
    bool const word = !whole_line && local_flag(iexten) && is(kind, vwerase);
    if (whole_line && !(local_flag(echok) && local_flag(echoke) && local_flag(echoe))) {
        head_ = line_start_;
        if (echoing) {
            echo(kind, effects);
            if (local_flag(echok))
                put('\n', effects);
        }
        return;
    }
    bool seen_word = false;
    while (head_ != line_start_) {
        u64 start = head_ - 1;
        while (input_flag(iutf8) && is_continuation(at(start)) && start != line_start_)
            --start;
        u8 const character = at(start);
        if (word) {
            if (is_word(character))
                seen_word = true;
            else if (seen_word)
                break;
        }
        head_ = start;
        if (echoing)
            erase_echo(character, effects);
        if (!whole_line && !word)
            break;
    }
}

/// Takes one character, already removed from the line, off the screen.
void LineDiscipline::erase_echo(u8 character, Effects& effects) {
    if (!local_flag(echoe)) {
        echo(settings_.characters[verase], effects);
        return;
    }
    if (character == '\t') {
        u32 const back = column_ - std::min(column_, column_of(head_));
        for (u32 i = 0; i < back; ++i)
            put_raw("\b", effects);
        column_ -= back;
        return;
    }
    u32 width = 1;
    if (is_control(character))
        width = local_flag(echoctl) ? 2 : 0;
    for (u32 i = 0; i < width; ++i) {
        put_raw("\b \b", effects);
        column_ -= std::min<u32>(column_, 1);
    }
}

/// Where the cursor stands when the line from its start up to `position` is on the screen.
u32 LineDiscipline::column_of(u64 position) const {
    u32 column = start_column_;
    for (u64 i = line_start_; i < position; ++i) {
        u8 const character = at(i);
        if (character == '\t')
            column = (column | 7) + 1;
        else if (is_control(character))
            column += local_flag(echoctl) ? 2 : 0;
        else if (!(input_flag(iutf8) && is_continuation(character)))
            ++column;
    }
    return column;
}

void LineDiscipline::reprint(Effects& effects) {
    echo(settings_.characters[vreprint], effects);
    put('\n', effects);
    start_column_ = 0;
    for (u64 i = line_start_; i < head_; ++i)
        echo(at(i), effects);
}

/// Echoes as typed characters show: controls as ^X.
void LineDiscipline::echo(u8 character, Effects& effects) {
    if (local_flag(echoctl) && is_control(character) && character != '\t' && character != '\n') {
        put('^', effects);
        put(static_cast<u8>(character ^ 0x40), effects);
    } else
        put(character, effects);
}

void LineDiscipline::put(u8 character, Effects& effects) {
    u8 out[8];
    usize const count = translate(character, out);
    effects.echo(std::as_bytes(std::span(out, count)));
}

void LineDiscipline::put_raw(std::string_view text, Effects& effects) {
    effects.echo(bytes_of(text));
}

} // namespace tty
