// The two ends of the discipline: what readers take, and what writers' output becomes.
#include "libs/tty/line_discipline.hpp"

#include <algorithm>

namespace tty {

using namespace uapi::termios;

bool LineDiscipline::readable(bool minimum) const {
    if (local_flag(icanon))
        return line_start_ != tail_;
    usize const wanted = minimum && settings_.characters[vtime] == 0
                             ? std::max<usize>(settings_.characters[vmin], 1)
                             : 1;
    return used() >= std::min(wanted, capacity - 1);
}

usize LineDiscipline::available() const {
    if (!local_flag(icanon))
        return used();
    usize count = line_start_ - tail_;
    for (u64 i = tail_; i < line_start_; ++i)
        if (line_end_.test(i % capacity) && at(i) == 0)
            --count; // ends of file are not data
    return count;
}

LineDiscipline::Taken LineDiscipline::take(Bytes into) {
    Taken taken{0, false};
    bool const canonical = local_flag(icanon);
    u64 const end = canonical ? line_start_ : head_;
    while (tail_ < end && !taken.ended) {
        bool const ends_line = canonical && line_end_.test(tail_ % capacity);
        bool const end_of_file = ends_line && at(tail_) == 0;
        if (!end_of_file) {
            if (taken.count == into.size())
                break;
            into[taken.count++] = static_cast<std::byte>(at(tail_));
        } // else consumed even when the read that it does not end is full
        ++tail_;
        taken.ended = ends_line;
    }
    return taken;
}

void LineDiscipline::flush_input() {
    tail_ = line_start_ = head_;
    line_end_.reset();
    literal_next_ = false;
}

LineDiscipline::Processed LineDiscipline::process_output(ConstBytes from, Bytes into) {
    Processed done{0, 0};
    while (done.taken < from.size()) {
        u8 out[8];
        u32 const column_before = column_;
        usize const count = translate(static_cast<u8>(from[done.taken]), out);
        if (count > into.size() - done.produced) {
            column_ = column_before;
            break;
        }
        copy_bytes(into.subspan(done.produced), std::as_bytes(std::span(out, count)));
        done.produced += count;
        ++done.taken;
    }
    return done;
}

/// Output processing of one character; tracks the column. Returns how many bytes it became.
usize LineDiscipline::translate(u8 character, u8 (&out)[8]) {
    out[0] = character;
    if (!output_flag(opost))
        return 1;
    switch (character) {
    case '\n':
        if (output_flag(onlret))
            column_ = 0;
        if (output_flag(onlcr)) {
            column_ = 0;
            out[0] = '\r';
            out[1] = '\n';
            return 2;
        }
        return 1;
    case '\r':
        if (output_flag(onocr) && column_ == 0)
            return 0;
        if (output_flag(ocrnl)) {
            out[0] = '\n';
            if (output_flag(onlret))
                column_ = 0;
            return 1;
        }
        column_ = 0;
        return 1;
    case '\t': {
        usize const spaces = 8 - column_ % 8;
        column_ += static_cast<u32>(spaces);
        if ((settings_.output & tabdly) != xtabs)
            return 1;
        std::fill_n(out, spaces, u8{' '});
        return spaces;
    }
    case '\b':
        column_ -= column_ != 0 ? 1 : 0;
        return 1;
    default:
        if (character < 0x20 || character == 0x7f)
            return 1;
        if (output_flag(olcuc) && character >= 'a' && character <= 'z')
            out[0] = static_cast<u8>(character - 'a' + 'A');
        if (!(input_flag(iutf8) && (character & 0xc0) == 0x80))
            ++column_;
        return 1;
    }
}

} // namespace tty
