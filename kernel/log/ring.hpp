// The log's memory: a ring of records in static storage, oldest dropped first. Not locked.
#pragma once

#include "kernel/log/level.hpp"
#include "libs/base/types.hpp"
#include "libs/base/units.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace klog {

/// On whose behalf a CPU runs.
struct Task {
    u32 process = 0; ///< 0 for threads of the kernel
    u32 thread = 0;
    char name[16] = {}; ///< ends with a zero; empty before there are threads

    void set_name(std::string_view text) noexcept {
        text.substr(0, sizeof name - 1).copy(name, sizeof name - 1);
    }
};

/// One line of the log and where it comes from. What a reader gets lies in its buffer.
struct Record {
    u64 sequence = 0; ///< counts from 0; a gap means that records were dropped
    Nanoseconds time;
    Level level = Level::info;
    u16 cpu = 0;
    u32 line = 0; ///< in `file`
    Task task;
    std::string_view text = {}; ///< without its newline
    std::string_view file = {}; ///< of the kernel's source; empty for what programs write
    std::string_view data = {}; ///< members of a JSON object, without braces
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
///     record   [ header | text | file | data ]
///
/// Every length read back is checked, since a panic may have to read a half-written ring.
class Ring {
public:
    static constexpr usize longest_text = 960;
    static constexpr usize longest_file = 120;
    static constexpr usize longest_data = 6144;

    /// The size must be a power of two of at least 8 KiB.
    constexpr explicit Ring(std::span<char> storage) : storage_(storage) {}

    /// Longer text is cut, longer names of files and longer data are left out. Gives the record its
    /// number. Never fails.
    void append(Record const& record);

    /// The record at the cursor or, if it was dropped, the oldest; moves the cursor behind it.
    /// Nothing when there is none yet. Text that `into` cannot hold is cut; file and data that do
    /// not fit behind it are left out, so a reader of text needs only longest_text bytes.
    std::optional<Record> read(Cursor& cursor, std::span<char> into) const;

    u64 first_sequence() const noexcept { return first_; }

    u64 next_sequence() const noexcept { return next_; }

    /// A reader that sees only what comes from now on.
    Cursor end() const noexcept { return {.sequence = next_, .position = head_}; }

    usize size() const noexcept { return storage_.size(); }

private:
    struct Header {
        i64 time;
        u32 line;
        u16 text_size;
        u16 data_size;
        Task task;
        u16 cpu;
        u8 file_size;
        u8 level;

        usize total() const {
            return sizeof(Header) + usize{text_size} + usize{file_size} + usize{data_size};
        }
    };

    void put(u64 position, void const* from, usize count);
    void get(u64 position, void* into, usize count) const;
    Header header_at(u64 position) const;

    std::span<char> storage_;
    u64 head_ = 0;
    u64 tail_ = 0;
    u64 first_ = 0; ///< sequence of the record at tail_
    u64 next_ = 0;
};

} // namespace klog
