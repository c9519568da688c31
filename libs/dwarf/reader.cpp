// LEB128 numbers, text and encoded pointers.
#include "libs/dwarf/reader.hpp"

namespace dwarf {

std::optional<u64> read_word(Memory const& memory, u64 at, usize size) noexcept {
    u64 value = 0;
    if (size == 0 || size > sizeof value ||
        !memory.read(at, writable_object_bytes(value).first(size)))
        return std::nullopt;
    return value;
}

u64 Reader::uleb() noexcept {
    u64 value = 0;
    for (unsigned shift = 0;; shift += 7) {
        u8 const next = byte();
        if (!ok_)
            return 0;
        if (shift < 64)
            value |= static_cast<u64>(next & 0x7f) << shift;
        if ((next & 0x80) == 0)
            return value;
    }
}

i64 Reader::sleb() noexcept {
    u64 value = 0;
    for (unsigned shift = 0;;) {
        u8 const next = byte();
        if (!ok_)
            return 0;
        if (shift < 64)
            value |= static_cast<u64>(next & 0x7f) << shift;
        shift += 7;
        if ((next & 0x80) == 0) {
            if (shift < 64 && (next & 0x40) != 0)
                value |= ~u64{0} << shift;
            return static_cast<i64>(value);
        }
    }
}

std::string_view Reader::text() noexcept {
    usize length = 0;
    while (length < left() && at_[length] != std::byte{0})
        ++length;
    if (length == left()) {
        fail();
        return {};
    }
    auto const found = text_of({at_, length});
    skip(length + 1);
    return found;
}

Reader Reader::take(u64 count) noexcept {
    Reader part = *this;
    skip(count);
    if (ok_)
        part.end_ = part.at_ + count;
    else
        part.fail();
    return part;
}

usize encoded_size(u8 encoding) noexcept {
    switch (encoding & format_mask) {
    case absolute:
    case udata8:
    case sdata8:
        return 8;
    case udata4:
    case sdata4:
        return 4;
    case udata2:
    case sdata2:
        return 2;
    default:
        return 0;
    }
}

Reader::Pointer Reader::pointer(u8 encoding, Bases const& bases) noexcept {
    if (encoding == omitted)
        return {};
    if ((encoding & base_mask) == aligned)
        skip(align_up(address_, 8) - address_);
    u64 const here = address_;
    u64 value = 0;
    switch (encoding & format_mask) {
    case absolute:
    case udata8:
    case sdata8:
        value = fixed<u64>();
        break;
    case uleb128:
        value = uleb();
        break;
    case sleb128:
        value = static_cast<u64>(sleb());
        break;
    case udata2:
        value = fixed<u16>();
        break;
    case udata4:
        value = fixed<u32>();
        break;
    case sdata2:
        value = static_cast<u64>(i64{fixed<i16>()});
        break;
    case sdata4:
        value = static_cast<u64>(i64{fixed<i32>()});
        break;
    default:
        fail();
    }
    if (!ok_ || value == 0) // a null pointer stays null whatever it is relative to
        return {};
    switch (encoding & base_mask) {
    case absolute:
    case aligned:
        break;
    case pc_relative:
        value += here;
        break;
    case text_relative:
        value += bases.text;
        break;
    case data_relative:
        value += bases.data;
        break;
    case function_relative:
        value += bases.function;
        break;
    default:
        fail();
        return {};
    }
    return {.value = value, .indirect = (encoding & indirect_bit) != 0};
}

} // namespace dwarf
