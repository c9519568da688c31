// The files of the log.
#include "user/log/store.hpp"

#include "libs/journal/record.hpp"
#include "user/os/time.hpp"

String journal_file(std::string_view directory, u32 number) {
    return number == 0 ? format("{}/journal", directory)
                       : format("{}/journal.{}", directory, number);
}

Result<void> Store::open() {
    TRY(os::make_directories(directory_, os::Mode(0755)));
    file_ = TRY(os::File::open(journal_file(directory_, 0),
                               os::Open::read_write | Flags(os::Open::create) | os::Open::append,
                               os::Mode(0644)));
    size_ = TRY(file_.status())
    .size;
    char last = '\n';
    if (size_ != 0)
        TRY(file_.read_at(std::as_writable_bytes(std::span(&last, 1)), size_ - 1));
    if (last != '\n')
        TRY(write("\n")); // the machine lost its power in the middle of a line
    return {};
}

/// What is renamed stays where it is for those who read it.
Result<void> Store::rotate() {
    // After a try that failed half-way it is not there: then only the new file is missing.
    bool const there = os::exists(journal_file(directory_, 0));
    for (u32 number = count_; there && number-- > 1;) {
        auto const moved =
            os::rename(journal_file(directory_, number - 1), journal_file(directory_, number));
        if (!moved && moved.error() != Errno::enoent)
            return moved;
    }
    if (there && count_ == 1)
        TRY(os::remove(journal_file(directory_, 0)));
    file_ = TRY(os::File::open(journal_file(directory_, 0),
                               os::Open::read_write | Flags(os::Open::create) | os::Open::append,
                               os::Mode(0644)));
    size_ = TRY(file_.status())
    .size;
    return {};
}

/// All of it or nothing.
Result<void> Store::write(std::string_view text) {
    auto const written = file_.write(text);
    if (written)
        size_ += text.size();
    else
        (void)file_.truncate(size_);
    return written;
}

Result<void> Store::append(std::string_view text) {
    if (size_ != 0 && size_ + text.size() > limit_)
        TRY(rotate());
    if (dropped_ != 0) {
        auto const note = format("{} records could not be kept", dropped_);
        TRY(write(journal::line_of({.time = os::clock_time().count() / 1000,
                                    .priority = 4,
                                    .service = "logd",
                                    .text = note})));
        dropped_ = 0;
    }
    return write(text);
}

void Store::add(std::string_view line) {
    if (!waiting_.empty() && size_ + waiting_.size() + line.size() > limit_)
        flush();
    waiting_.append(line);
}

/// As many as there is room for.
void Store::flush_by_lines() {
    for (auto rest = waiting_.view(); !rest.empty();) {
        auto const length = rest.find('\n') + 1;
        if (!append(rest.substr(0, length)))
            ++dropped_;
        rest.remove_prefix(length);
    }
}

void Store::flush() {
    if (waiting_.empty())
        return;
    if (!append(waiting_))
        flush_by_lines();
    waiting_.clear();
}
