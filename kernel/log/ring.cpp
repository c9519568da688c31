// Appending to and reading from the ring of log records.
#include "kernel/log/ring.hpp"

#include <algorithm>
#include <cstring>

namespace klog {

void Ring::put(u64 position, void const* from, usize count) noexcept {
    usize const at = position & (storage_.size() - 1);
    usize const first = std::min(count, storage_.size() - at);
    std::memcpy(storage_.data() + at, from, first);
    std::memcpy(storage_.data(), static_cast<char const*>(from) + first, count - first);
}

void Ring::get(u64 position, void* into, usize count) const noexcept {
    usize const at = position & (storage_.size() - 1);
    usize const first = std::min(count, storage_.size() - at);
    std::memcpy(into, storage_.data() + at, first);
    std::memcpy(static_cast<char*>(into) + first, storage_.data(), count - first);
}

Ring::Header Ring::header_at(u64 position) const noexcept {
    Header header;
    get(position, &header, sizeof header);
    header.length = std::min<u16>(header.length, longest_text);
    return header;
}

void Ring::append(Level level, Nanoseconds time, std::string_view text) noexcept {
    text = text.substr(0, longest_text);
    usize const needed = sizeof(Header) + text.size();
    while (head_ + needed - tail_ > storage_.size()) {
        tail_ += sizeof(Header) + header_at(tail_).length;
        ++first_;
    }
    Header header;
    std::memset(&header, 0, sizeof header); // padding too: readers may see raw storage in a dump
    header.time = time.count();
    header.length = static_cast<u16>(text.size());
    header.level = static_cast<u8>(level);
    put(head_, &header, sizeof header);
    put(head_ + sizeof header, text.data(), text.size());
    head_ += needed;
    ++next_;
}

std::optional<Record> Ring::read(Cursor& cursor, std::span<char> into) const noexcept {
    if (cursor.sequence < first_ || cursor.position < tail_)
        cursor = {.sequence = first_, .position = tail_};
    if (cursor.sequence >= next_ || cursor.position >= head_)
        return std::nullopt;
    Header const header = header_at(cursor.position);
    usize const count = std::min<usize>(header.length, into.size());
    get(cursor.position + sizeof header, into.data(), count);
    Record const record{.sequence = cursor.sequence,
                        .time = Nanoseconds(header.time),
                        .level = static_cast<Level>(header.level & 7),
                        .text = {into.data(), count}};
    cursor.position += sizeof header + header.length;
    ++cursor.sequence;
    return record;
}

} // namespace klog
