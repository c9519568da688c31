// The log's memory: a ring of records in static storage, oldest dropped first. Not locked.
#pragma once

#include "kernel/log/level.hpp"
#include "libs/base/types.hpp"
#include "libs/base/units.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace klog {

/// A record as a reader gets it; `text` lies in the reader's buffer.
struct Record {
    u64 sequence = 0; ///< counts from 0; a gap means that records were dropped
    Nanoseconds time;
    Level level = Level::info;
    std::string_view text = {}; ///< one line, without its newline
};

/// Where a reader stands.
struct Cursor {
    u64 sequence = 0; ///< of the record to read next
    u64 position = 0; ///< the ring's own
};

/// Records lie one after the other at positions that only grow; position modulo size is the place.
///
///     storage  [ ..newest | free | oldest ... ]
///                         ^head  ^tail (+ size)
///
/// Every length read back is checked, since a panic may have to read a half-written ring.
class Ring {
public:
    static constexpr usize longest_text = 960;

    /// The size must be a power of two of at least 4 KiB.
    constexpr explicit Ring(std::span<char> storage) : storage_(storage) {}

    /// Longer text is cut. Never fails.
    void append(Level level, Nanoseconds time, std::string_view text) noexcept;

    /// The record at the cursor or, if it was dropped, the oldest; moves the cursor behind it.
    /// Nothing when there is none yet. Text that `into` cannot hold is cut.
    std::optional<Record> read(Cursor& cursor, std::span<char> into) const noexcept;

    u64 first_sequence() const noexcept { return first_; }

    u64 next_sequence() const noexcept { return next_; }

    /// A reader that sees only what comes from now on.
    Cursor end() const noexcept { return {.sequence = next_, .position = head_}; }

    usize size() const noexcept { return storage_.size(); }

private:
    struct Header {
        i64 time;
        u16 length;
        u8 level;
    };

    void put(u64 position, void const* from, usize count) noexcept;
    void get(u64 position, void* into, usize count) const noexcept;
    Header header_at(u64 position) const noexcept;

    std::span<char> storage_;
    u64 head_ = 0;
    u64 tail_ = 0;
    u64 first_ = 0; ///< sequence of the record at tail_
    u64 next_ = 0;
};

} // namespace klog
