// Lays text out in rows and writes the difference to what is there.
#include "libs/edit/view.hpp"

#include "libs/base/utf8.hpp"
#include "libs/edit/width.hpp"

#include <algorithm>

namespace edit {
namespace {

/// Bytes of the escape sequence that `text` begins with (CSI ... letter); 0 if none.
usize sequence_length(std::string_view text) {
    if (!text.starts_with("\x1b["))
        return 0;
    for (usize at = 2; at < text.size(); ++at)
        if (text[at] >= 0x40 && text[at] <= 0x7e)
            return at + 1;
    return 0;
}

bool ends_row(std::string_view bytes) {
    return bytes.ends_with("\r\n");
}

} // namespace

void View::start(usize columns) {
    columns_ = std::max<usize>(columns, 2);
    shown_ = {};
    cursor_ = {};
}

/// Adds a character where the terminal will put it.
void View::put(Picture& picture, std::string_view bytes, usize width) const {
    if (picture.end.column + width > columns_)
        put(picture, " ", 1); // the last cell of a row stays empty before a wide one
    Position const at = picture.end;
    usize const begin = picture.bytes.size();
    picture.bytes.append(bytes);
    picture.glyphs.push_back({begin, picture.bytes.size(), at});
    picture.end = {at.row, at.column + width};
    if (ends_row(bytes) || picture.end.column >= columns_)
        picture.end = {at.row + 1, 0};
}

/// Adds a character that takes no cell: it goes with the one before it.
void View::join(Picture& picture, std::string_view bytes) {
    usize const begin = picture.bytes.size();
    Position const at = picture.glyphs.empty() ? Position{} : picture.glyphs.back().at;
    picture.bytes.append(bytes);
    picture.glyphs.push_back({begin, picture.bytes.size(), at});
}

View::Picture View::draw(std::string_view prompt, std::string_view text, usize cursor) const {
    Picture picture;
    bool in_prompt = true;
    std::string_view rest = prompt;
    for (;;) {
        if (rest.empty() && in_prompt) {
            in_prompt = false;
            rest = text;
        }
        if (!in_prompt && text.size() - rest.size() == cursor)
            picture.cursor = picture.end;
        if (rest.empty())
            return picture;
        usize length = in_prompt ? sequence_length(rest) : 0;
        if (length != 0) {
            put(picture, rest.substr(0, length), 0);
            rest.remove_prefix(length);
            continue;
        }
        length = utf8::length(rest);
        u32 const code = utf8::code_point(rest.substr(0, length));
        if (code == '\n') {
            // Behind a full row a blank first makes the terminal begin the next one.
            bool const full = picture.end.column == 0 && !picture.glyphs.empty() &&
                              !ends_row(picture.text(picture.glyphs.back()));
            put(picture, full ? " \r\n" : "\r\n", 0);
        } else if (code < ' ' || code == 0x7f) {
            char const visible[] = {'^', static_cast<char>(code ^ 0x40)};
            put(picture, {visible, 1}, 1);
            put(picture, {visible + 1, 1}, 1);
        } else if (code >= utf8::stray_byte || (code >= 0x80 && code < 0xa0)) {
            put(picture, "\xef\xbf\xbd", 1); // U+FFFD
        } else if (usize const width = width_of(code); width != 0) {
            put(picture, rest.substr(0, length), width);
        } else {
            join(picture, rest.substr(0, length));
        }
        rest.remove_prefix(length);
    }
}

void View::move(Position to, TextSink& out) {
    if (to.row < cursor_.row)
        format_to(out, "\x1b[{}A", cursor_.row - to.row);
    else if (to.row > cursor_.row)
        format_to(out, "\x1b[{}B", to.row - cursor_.row);
    if (to.column < cursor_.column && cursor_.column - to.column <= 4) {
        for (usize i = to.column; i < cursor_.column; ++i)
            out.write("\b");
    } else if (to.column == 0 && cursor_.column != 0) {
        out.write("\r");
    } else if (to.column < cursor_.column) {
        format_to(out, "\x1b[{}D", cursor_.column - to.column);
    } else if (to.column > cursor_.column) {
        format_to(out, "\x1b[{}C", to.column - cursor_.column);
    }
    cursor_ = to;
}

void View::show(std::string_view prompt, std::string_view text, usize cursor, TextSink& out) {
    Picture next = draw(prompt, text, cursor);
    usize same = 0;
    while (same < next.glyphs.size() && same < shown_.glyphs.size() &&
           next.glyphs[same].at == shown_.glyphs[same].at &&
           next.text(next.glyphs[same]) == shown_.text(shown_.glyphs[same]))
        ++same;
    // What joins the character before it is written, or erased, with it.
    auto const joins = [&](Picture const& picture) {
        return same < picture.glyphs.size() &&
               picture.glyphs[same].at == picture.glyphs[same - 1].at;
    };
    while (same != 0 && (joins(next) || joins(shown_)))
        --same;
    if (same != next.glyphs.size() || same != shown_.glyphs.size()) {
        bool const more = same < next.glyphs.size();
        bool const erases = same < shown_.glyphs.size();
        move(more ? next.glyphs[same].at : next.end, out);
        if (erases)
            out.write("\x1b[J");
        if (more) {
            out.write(next.bytes.view().substr(next.glyphs[same].begin));
            // A terminal waits in its last column until the next character comes.
            if (next.end.column == 0 && !ends_row(next.text(next.glyphs.back())))
                out.write("\r\n");
            cursor_ = next.end;
        }
    }
    move(next.cursor, out);
    shown_ = std::move(next);
}

void View::leave(std::string_view last, TextSink& out) {
    move(shown_.end, out);
    out.write(last);
    if (!last.empty() || shown_.end.column != 0 || shown_.end.row == 0)
        out.write("\r\n");
    start(columns_);
}

void View::resize(usize columns, TextSink& out) {
    // Rows above the cursor that the terminal has made of ours.
    usize row = 0;
    usize column = 0;
    for (usize i = 0; i < shown_.glyphs.size(); ++i) {
        auto const& glyph = shown_.glyphs[i];
        if (glyph.at.row > cursor_.row ||
            (glyph.at.row == cursor_.row && glyph.at.column >= cursor_.column))
            break;
        if (ends_row(shown_.text(glyph))) {
            ++row;
            column = 0;
            continue;
        }
        auto const next = i + 1 < shown_.glyphs.size() ? shown_.glyphs[i + 1].at : shown_.end;
        usize const width =
            next.row == glyph.at.row ? next.column - glyph.at.column : columns_ - glyph.at.column;
        if (column >= columns) {
            ++row;
            column = 0;
        }
        column += width;
    }
    if (row != 0)
        format_to(out, "\x1b[{}A", row);
    out.write("\r\x1b[J");
    start(columns);
}

void View::clear(TextSink& out) {
    out.write("\x1b[H\x1b[2J");
    start(columns_);
}

} // namespace edit
