// Copies a text that ends with a zero byte out of the loader's memory. Private to this room.
#pragma once

#include "libs/loader/loader.hpp"

#include <algorithm>
#include <cstring>

namespace loader {

template <usize capacity>
bool Information::read_text(PhysicalMemory const& memory, PhysAddr at, u64 limit,
                            Text<capacity>& into, char const* too_long) {
    into.size = 0;
    while (limit != 0) {
        // Never beyond the page that must be there, so that a text at the end of memory is read.
        usize const room = capacity - into.size;
        u64 const piece = std::min({limit, page_size - at.page_offset(), u64{room}});
        Bytes const bytes = std::as_writable_bytes(std::span(into.characters)).subspan(into.size);
        if (piece == 0) {
            (void)complaints_.add(too_long);
            return true;
        }
        if (!memory.read(at, bytes.first(piece)))
            return false;
        void const* const end = std::memchr(bytes.data(), 0, piece);
        if (end != nullptr) {
            into.size += static_cast<usize>(static_cast<std::byte const*>(end) - bytes.data());
            return true;
        }
        into.size += piece;
        at += piece;
        limit -= piece;
    }
    return true;
}

} // namespace loader
