// A prompt and a text on a terminal: writes only what changes.
#pragma once

#include "libs/base/format.hpp"
#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"

#include <string_view>

namespace edit {

/// Knows where on the terminal each character stands, as the terminal breaks lines by itself at
/// its last column. Every row down to that of the text's end has been written to before, so that
/// moves of the cursor never need to scroll.
class View {
public:
    /// A fresh line; nothing of ours is on it.
    void start(usize columns);

    /// Shows `prompt` (which may have escape sequences) and `text` behind it, the cursor in front
    /// of the character at `cursor`.
    void show(std::string_view prompt, std::string_view text, usize cursor, TextSink& out);

    /// Writes `last` behind the text and puts the cursor on a fresh line below all.
    void leave(std::string_view last, TextSink& out);

    /// The terminal is as wide now and has broken its lines anew: draws all again.
    void resize(usize columns, TextSink& out);

    /// Clears the screen; the next show() draws at its top.
    void clear(TextSink& out);

private:
    struct Position {
        usize row = 0;
        usize column = 0;

        friend bool operator==(Position const&, Position const&) = default;
    };

    struct Glyph {
        usize begin = 0; ///< of its bytes in the picture
        usize end = 0;
        Position at;
    };

    struct Picture {
        String bytes;
        Vector<Glyph> glyphs;
        Position end;
        Position cursor;

        std::string_view text(Glyph const& glyph) const {
            return bytes.view().substr(glyph.begin, glyph.end - glyph.begin);
        }
    };

    Picture draw(std::string_view prompt, std::string_view text, usize cursor) const;
    void put(Picture& picture, std::string_view bytes, usize width) const;
    static void join(Picture& picture, std::string_view bytes);
    void move(Position to, TextSink& out);

    usize columns_ = 80;
    Picture shown_;
    Position cursor_; ///< where the terminal has it
};

} // namespace edit
