// The files of the log: appended to, rotated, never with half a line.
#pragma once

#include "libs/base/vector.hpp"
#include "user/os/file.hpp"

/// DIRECTORY/journal, and journal.1, journal.2 and so on, the older the higher.
class Store {
public:
    /// A file has at most `limit` bytes unless one line is longer; `count` of them are kept.
    Store(std::string_view directory, u64 limit, u32 count)
        : directory_(directory), limit_(limit), count_(count) {}

    /// Makes what is missing. A line at the end that has no end is given one.
    Result<void> open();

    /// Whole lines. What cannot be written is counted as dropped, whole, and said so in the log as
    /// soon as there is room again.
    void add(std::string_view line);
    /// Writes what was added.
    void flush();

private:
    Result<void> rotate();
    void flush_by_lines();
    Result<void> append(std::string_view text);
    Result<void> write(std::string_view text);

    String directory_;
    u64 limit_;
    u32 count_;
    os::File file_;
    u64 size_ = 0;
    String waiting_;
    u64 dropped_ = 0;
};

/// The file's name: 0 is the one that is written.
String journal_file(std::string_view directory, u32 number);
