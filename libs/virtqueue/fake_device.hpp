// The device's side of a split virtqueue, for tests: finds requests and completes them.
#pragma once

#include "libs/virtqueue/split_queue.hpp"

#include <cstring>
#include <optional>
#include <vector>

namespace virtio {

class FakeDevice {
public:
    FakeDevice(Bytes memory, u16 size)
        : memory_(memory), size_(size), layout_(SplitQueue::layout(size)) {}

    struct Segment {
        u64 address;
        u32 length;
        bool writable;
    };

    struct Request {
        u16 head;
        std::vector<Segment> segments;
    };

    std::optional<Request> next() {
        if (word(layout_.available + 2) == seen_)
            return std::nullopt;
        Request request;
        request.head = word(layout_.available + 4 + 2 * (seen_ % size_));
        ++seen_;
        for (u16 at = request.head;;) {
            Segment segment{};
            u16 flags = 0;
            std::memcpy(&segment.address, &memory_[at * 16u], 8);
            std::memcpy(&segment.length, &memory_[at * 16u + 8], 4);
            std::memcpy(&flags, &memory_[at * 16u + 12], 2);
            segment.writable = (flags & 2) != 0;
            request.segments.push_back(segment);
            if ((flags & 1) == 0)
                return request;
            std::memcpy(&at, &memory_[at * 16u + 14], 2);
        }
    }

    void complete(u32 head, u32 written) {
        usize const entry = layout_.used + 4 + 8 * (used_ % size_);
        std::memcpy(&memory_[entry], &head, 4);
        std::memcpy(&memory_[entry + 4], &written, 4);
        ++used_;
        set_word(layout_.used + 2, used_);
    }

    void want_notifications(bool wanted) { set_word(layout_.used, wanted ? 0 : 1); }

    bool wants_interrupts() const { return word(layout_.available) == 0; }

private:
    u16 word(usize offset) const {
        u16 value = 0;
        std::memcpy(&value, &memory_[offset], 2);
        return value;
    }

    void set_word(usize offset, u16 value) { std::memcpy(&memory_[offset], &value, 2); }

    Bytes memory_;
    u16 size_;
    SplitQueue::Layout layout_;
    u16 seen_ = 0;
    u16 used_ = 0;
};

} // namespace virtio
