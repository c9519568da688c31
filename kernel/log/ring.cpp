// Appending to and reading from the ring of log records.
#include "kernel/log/ring.hpp"

#include <algorithm>
#include <cstring>

namespace klog {

void Ring::put(u64 position, void const* from, usize count) {
    if (count == 0)
        return; // `from` may be null
    usize const at = position & (storage_.size() - 1);
    usize const first = std::min(count, storage_.size() - at);
    std::memcpy(storage_.data() + at, from, first);
    std::memcpy(storage_.data(), static_cast<char const*>(from) + first, count - first);
}

void Ring::get(u64 position, void* into, usize count) const {
    usize const at = position & (storage_.size() - 1);
    usize const first = std::min(count, storage_.size() - at);
    std::memcpy(into, storage_.data() + at, first);
    std::memcpy(static_cast<char*>(into) + first, storage_.data(), count - first);
}

Ring::Header Ring::header_at(u64 position) const {
    Header header;
    get(position, &header, sizeof header);
    header.text_size = std::min<u16>(header.text_size, longest_text);
    header.file_size = std::min<u8>(header.file_size, longest_file);
    header.data_size = std::min<u16>(header.data_size, longest_data);
    return header;
}

void Ring::append(Record const& record) {
    auto const text = record.text.substr(0, longest_text);
    auto const file = record.file.size() <= longest_file ? record.file : std::string_view();
    auto const data = record.data.size() <= longest_data ? record.data : std::string_view();
    Header header;
    std::memset(static_cast<void*>(&header), 0,
                sizeof header); // padding too: readers may see raw storage in a dump
    header.time = record.time.count();
    header.line = record.line;
    header.text_size = static_cast<u16>(text.size());
    header.data_size = static_cast<u16>(data.size());
    header.task = record.task;
    header.cpu = record.cpu;
    header.file_size = static_cast<u8>(file.size());
    header.level = static_cast<u8>(record.level);
    while (head_ + header.total() - tail_ > storage_.size()) {
        tail_ += header_at(tail_).total();
        ++first_;
    }
    u64 at = head_;
    put(at, &header, sizeof header);
    at += sizeof header;
    for (auto const part : {text, file, data}) {
        put(at, part.data(), part.size());
        at += part.size();
    }
    head_ = at;
    ++next_;
}

std::optional<Record> Ring::read(Cursor& cursor, std::span<char> into) const {
    if (cursor.sequence < first_ || cursor.position < tail_)
        cursor = {.sequence = first_, .position = tail_};
    if (cursor.sequence >= next_ || cursor.position >= head_)
        return std::nullopt;
    Header const header = header_at(cursor.position);
    u64 at = cursor.position + sizeof header;
    // The first `count` of the next `size` bytes.
    auto const take = [&](usize size, usize count) -> std::string_view {
        auto const part = into.first(count);
        get(at, part.data(), count);
        at += size;
        into = into.subspan(count);
        return {part.data(), count};
    };
    auto const take_whole = [&](usize size) { return take(size, size <= into.size() ? size : 0); };
    Record record{.sequence = cursor.sequence,
                  .time = Nanoseconds(header.time),
                  .level = static_cast<Level>(header.level & 7),
                  .cpu = header.cpu,
                  .line = header.line,
                  .task = header.task};
    record.task.name[sizeof record.task.name - 1] = '\0';
    record.text = take(header.text_size, std::min<usize>(header.text_size, into.size()));
    record.file = take_whole(header.file_size);
    record.data = take_whole(header.data_size);
    cursor.position = at;
    ++cursor.sequence;
    return record;
}

} // namespace klog
