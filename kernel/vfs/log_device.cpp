// /dev/kmsg: the kernel's log, one record per read, and a way for programs to write to it.
#include "kernel/log/log.hpp"
#include "kernel/task/log_waiters.hpp"
#include "kernel/vfs/devices.hpp"
#include "kernel/vfs/memory_devices.hpp"

#include <algorithm>
#include <charconv>

namespace vfs {

namespace {

class LogFile final : public File {
public:
    LogFile(Place const& place, OpenFlags flags) : File(place, flags) {}

    PollEvents poll(PollWaiter* waiter) override {
        if (waiter != nullptr)
            waiter->watch(task::log_waiters());
        PollEvents events = Poll::out | Poll::write_normal;
        if (has_more())
            events |= Poll::in | Poll::read_normal;
        return events;
    }

    /// Only to the start, the end, and (SEEK_DATA) the last clear, which here is the start.
    Result<u64> seek(i64 offset, SeekFrom from) override {
        if (offset != 0)
            return fail(Errno::espipe);
        if (from != SeekFrom::start && from != SeekFrom::end && from != SeekFrom::data)
            return fail(Errno::einval);
        *cursor_.lock() = from == SeekFrom::end ? klog::end() : klog::Cursor();
        return u64{0};
    }

    bool is_stream() const override { return true; }

protected:
    Result<usize> read_bytes(mem::Sink& into, u64) override {
        while (!has_more()) {
            if (nonblocking())
                return fail(Errno::eagain);
            TRY(task::log_waiters().wait([&] { return has_more(); }));
        }
        String line;
        {
            char text[klog::Ring::longest_text];
            auto const cursor = cursor_.lock();
            u64 const expected = cursor->sequence;
            auto const record = klog::read(*cursor, text);
            if (!record)
                return fail(Errno::eagain);
            if (record->sequence != expected && expected != 0) {
                // Records in between were dropped: say so once, then go on.
                *cursor = klog::Cursor();
                return fail(Errno::epipe);
            }
            StringSink sink(line); // short, and the lock is this reader's own
            format_to(sink, "{},{},{},-;{}\n", static_cast<u32>(record->level), record->sequence,
                      record->time.count() / 1000, record->text);
        }
        if (line.size() > into.left())
            return fail(Errno::einval);
        return into.write(bytes_of(line.view()));
    }

    Result<Written> write_bytes(mem::Source& from, u64) override {
        char text[klog::line_limit];
        usize const size = from.left();
        if (size > sizeof text)
            return fail(Errno::einval);
        usize const count = TRY(from.read(std::as_writable_bytes(std::span(text))));
        std::string_view line(text, count);
        klog::Level level = klog::Level::warning; // Linux's default_message_loglevel
        if (line.starts_with('<')) {
            u32 priority = 0;
            auto const [end, error] =
                std::from_chars(line.data() + 1, line.data() + line.size(), priority);
            if (error == std::errc() && end != line.data() + line.size() && *end == '>') {
                level = static_cast<klog::Level>(priority & 7);
                line.remove_prefix(static_cast<usize>(end + 1 - line.data()));
            }
        }
        while (line.ends_with('\n'))
            line.remove_suffix(1);
        klog::write(level, {}, line);
        return Written{size, 0};
    }

private:
    bool has_more() { return cursor_.lock()->sequence < klog::next_sequence(); }

    ksync::SpinLocked<ksync::Independent<klog::Cursor>, ksync::Rank::attributes> cursor_;
};

Result<Ref<File>> open_log(DeviceNumber, Place const& place, OpenFlags flags) {
    return make_ref<LogFile>(place, flags);
}

} // namespace

void register_log_device() {
    auto const added = register_character_device(1, 11, "kmsg", open_log, 0644);
    ensure(added.has_value(), "kmsg registered twice");
}

} // namespace vfs
