// The kernel's own table of source lines and inlined functions, for backtraces: reading.
#pragma once

#include "libs/base/memory.hpp"
#include "libs/base/types.hpp"

#include <span>

namespace unwind {

/// The text is cut into pieces that have one line and one chain of inlined functions each; what
/// tells a piece from the one before is written in Huffman codes, one code for each kind of number.
/// docs/manual/unwinding.md draws it. All little-endian, written by tools/symbols:
///
///     u32 magic, blocks, places, bytes of the stream, index of the first file's name
///     Code codes[kinds]
///     u32 starts[blocks]       sorted offsets from the start of the text: where the first function
///     of
///                              a block begins, before which no function is entered
///     u32 bits[blocks]         where in the stream
///     u16 places[places][3]    an inlined function: its name and its file (in the SymbolTable),
///     and a
///                              line that it often begins with
///     the stream
///
/// A piece is, in this order:
///
///     length     bytes of text
///     step       functions left (bits 3-6, 15 is all) and entered (bits 0-2)
///     for each that is entered:
///       the outermost: file and line behind those of the last function (kinds file, root_line)
///       others: place % 255, place / 255, line of the call behind the caller's last line; or 255:
///       as
///               the one that was left last at this depth
///     line       of the innermost, behind its last one or where its place begins
///
/// What is behind something may be before it: 2n is n, 2n + 1 is -n - 1. 255 and more is written as
/// 255 and 24 bits.
class LineTable {
public:
    static constexpr u32 magic = 0x4e494c4c; // "LLIN"
    static constexpr usize deepest = 24;     ///< functions in each other; more are cut
    static constexpr u32 escape = 255;
    static constexpr u32 again = 255;
    static constexpr u32 leave_all = 15;
    static constexpr u32 most_entered = 7;
    static constexpr unsigned escape_bits = 24;
    static constexpr unsigned longest_code = 15;

    enum Kind : u8 {
        length,
        step,
        file,
        root_line,
        place_low,
        place_high,
        call_line,
        line_on,  ///< nothing entered or left
        line_in,  ///< something entered
        line_out, ///< only left
        kinds
    };

    /// A canonical Huffman code: how many codes of each length, and what they mean, in order.
    struct Code {
        u16 counts[longest_code + 1];
        u8 symbols[256];
    };

    struct Place {
        u16 name;
        u16 file;
        u16 line;
    };

    struct Frame {
        u32 name = 0; ///< index into the SymbolTable's names; means nothing in the outermost
        u32 file = 0; ///< number of a file
        u32 line = 0; ///< 0: not known
        u32 call = 0; ///< the line of the caller where it was entered
    };

    explicit LineTable(ConstBytes bytes) noexcept;

    /// The frames at `offset` of the text, innermost first; how many. The last is the function that
    /// the others were inlined into. None when the table does not know the place or is damaged.
    usize find(u32 offset, std::span<Frame, deepest> into) const noexcept;

    /// Index of a file's name in the SymbolTable.
    usize file_name(Frame const& frame) const noexcept { return first_file_ + frame.file; }

private:
    class Stream;
    struct Position;

    bool enter(Stream& stream, std::span<Frame, deepest> frames, Position& now) const noexcept;
    bool next(Stream& stream, std::span<Frame, deepest> frames, Position& now) const noexcept;

    static constexpr usize header_size = 20;
    static constexpr usize starts = header_size + kinds * sizeof(Code);

    ConstBytes bytes_;
    usize blocks_ = 0;
    usize places_ = 0;
    usize first_file_ = 0;
    ConstBytes stream_;
};

} // namespace unwind
