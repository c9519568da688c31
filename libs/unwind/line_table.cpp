// Finds the line and the inlined functions of an address. Every access is checked: it runs while
// the kernel reports a bug, and allocates nothing.
#include "libs/unwind/line_table.hpp"

#include "libs/base/search.hpp"

#include <algorithm>
#include <cstddef>

namespace unwind {
namespace {

template <class T>
T read_at(ConstBytes bytes, usize at) noexcept {
    T value{};
    if (at <= bytes.size() && bytes.size() - at >= sizeof value)
        __builtin_memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

u32 moved(u32 from, u32 difference) {
    return from + ((difference >> 1) ^ (0 - (difference & 1)));
}

} // namespace

/// Bits, and the numbers that they are codes of. Zeros behind the end.
class LineTable::Stream {
public:
    Stream(ConstBytes codes, ConstBytes bytes, usize bit)
        : codes_(codes), bytes_(bytes), bit_(bit) {}

    bool more() const { return bit_ / 8 < bytes_.size(); }

    u32 symbol(Kind kind) {
        usize const code = kind * sizeof(Code);
        u32 value = 0;
        u32 first = 0;
        u32 index = 0;
        for (unsigned size = 1; size <= longest_code; ++size) {
            value |= bit();
            u32 const count = read_at<u16>(codes_, code + size * sizeof(u16));
            if (value - first < count)
                return read_at<u8>(codes_, code + offsetof(Code, symbols) + index + value - first);
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        bit_ = bytes_.size() * 8; // damaged
        return 0;
    }

    u32 number(Kind kind) {
        u32 value = symbol(kind);
        if (value != escape)
            return value;
        value = 0;
        for (unsigned i = 0; i < escape_bits; ++i)
            value |= bit() << i;
        return value;
    }

private:
    u32 bit() {
        u32 const byte = read_at<u8>(bytes_, bit_ / 8);
        return byte >> (bit_++ % 8) & 1;
    }

    ConstBytes codes_;
    ConstBytes bytes_;
    usize bit_;
};

struct LineTable::Position {
    u64 end;          ///< of the piece, an offset in the text
    usize depth = 0;  ///< functions in each other here
    u32 function = 0; ///< the line and the file of the last outermost one
    u32 file = 0;
};

LineTable::LineTable(ConstBytes bytes) noexcept : bytes_(bytes) {
    if (read_at<u32>(bytes, 0) != magic)
        return;
    usize const blocks = read_at<u32>(bytes, 4);
    usize const places = read_at<u32>(bytes, 8);
    usize const size = read_at<u32>(bytes, 12);
    usize const stream = starts + blocks * 8 + places * sizeof(Place);
    if (stream > bytes.size() || size > bytes.size() - stream)
        return;
    blocks_ = blocks;
    places_ = places;
    first_file_ = read_at<u32>(bytes, 16);
    stream_ = bytes.subspan(stream, size);
}

/// One function further in.
bool LineTable::enter(Stream& stream, std::span<Frame, deepest> frames,
                      Position& now) const noexcept {
    if (now.depth == deepest)
        return false;
    Frame* const frame = frames.data() + now.depth++;
    if (now.depth == 1) {
        now.file = moved(now.file, stream.number(file));
        now.function = moved(now.function, stream.number(root_line));
        *frame = {.file = now.file, .line = now.function};
        return true;
    }
    Frame& caller = frame[-1];
    u32 const low = stream.symbol(place_low);
    if (low != again) {
        usize const number = low + stream.symbol(place_high) * usize{again};
        if (number >= places_)
            return false;
        auto const place = read_at<Place>(bytes_, starts + blocks_ * 8 + number * sizeof(Place));
        *frame = {.name = place.name,
                  .file = place.file,
                  .line = place.line,
                  .call = moved(caller.line, stream.number(call_line))};
    }
    caller.line = frame->call;
    return true;
}

bool LineTable::next(Stream& stream, std::span<Frame, deepest> frames,
                     Position& now) const noexcept {
    now.end += stream.number(length);
    u32 const change = stream.symbol(step);
    u32 const left = change >> 3;
    u32 const entered = change & most_entered;
    now.depth = left == leave_all ? 0 : now.depth - std::min<usize>(left, now.depth);
    for (u32 i = 0; i < entered; ++i)
        if (!enter(stream, frames, now))
            return false;
    if (now.depth != 0) {
        Frame& innermost = frames.data()[now.depth - 1];
        Kind const kind = entered != 0 ? line_in : left != 0 ? line_out : line_on;
        innermost.line = moved(innermost.line, stream.number(kind));
    }
    return true;
}

usize LineTable::find(u32 offset, std::span<Frame, deepest> into) const noexcept {
    auto const start = [&](usize block) { return read_at<u32>(bytes_, starts + block * 4); };
    usize const before = count_up_to(blocks_, offset, start);
    if (before == 0)
        return 0;
    Stream stream(bytes_.subspan(header_size, kinds * sizeof(Code)), stream_,
                  start(blocks_ + before - 1));
    Position now{.end = start(before - 1)};
    std::fill(into.begin(), into.end(), Frame());
    while (stream.more() && next(stream, into, now))
        if (offset < now.end) {
            std::reverse(into.data(), into.data() + now.depth);
            return now.depth;
        }
    return 0;
}

} // namespace unwind
