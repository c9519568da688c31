// syslog(2): the kernel's log for dmesg.
#include "kernel/log/log.hpp"
#include "kernel/process/thread.hpp"
#include "kernel/syscall/system.hpp"
#include "kernel/task/log_waiters.hpp"

namespace sys {

namespace {

enum class Action : i32 {
    close = 0,
    open = 1,
    read = 2,
    read_all = 3,
    read_clear = 4,
    clear = 5,
    console_off = 6,
    console_on = 7,
    console_level = 8,
    size_unread = 9,
    size_buffer = 10,
};

/// Where READ goes on, and what CLEAR hides from READ_ALL.
struct Positions {
    klog::Cursor read;
    u64 cleared = 0;
    u32 saved_level = 7;
};

constinit ksync::SleepLocked<Positions, ksync::Rank::process> positions;

String line_of(klog::Record const& record) {
    String line;
    StringSink sink(line);
    format_to(sink, "<{}>", static_cast<u32>(record.level));
    klog::format_record(sink, record);
    line.append("\n");
    return line;
}

/// The newest records that fit.
Result<i64> read_all(UserSink& into, u64 from) {
    klog::Cursor cursor;
    char text[klog::Ring::longest_text];
    Vector<String> lines;
    usize total = 0;
    usize first = 0;
    while (auto const record = klog::read(cursor, text)) {
        if (record->sequence < from)
            continue;
        lines.push_back(line_of(*record));
        total += lines.back().size();
        while (total > into.left())
            total -= lines[first++].size();
    }
    for (usize i = first; i < lines.size(); ++i)
        TRY(into.write(bytes_of(lines[i].view())));
    return static_cast<i64>(into.done());
}

/// Waits until there is something.
Result<i64> read_next(UserSink& into) {
    for (;;) {
        Vector<String> lines;
        u64 const seen = klog::next_sequence();
        {
            auto now = positions.lock();
            char text[klog::Ring::longest_text];
            auto cursor = now->read;
            usize left = into.left();
            while (auto const record = klog::read(cursor, text)) {
                auto line = line_of(*record);
                if (line.size() > left)
                    break;
                left -= line.size();
                lines.push_back(std::move(line));
                now->read = cursor;
            }
        }
        for (auto const& line : lines)
            TRY(into.write(bytes_of(line.view())));
        if (!lines.empty())
            return static_cast<i64>(into.done());
        TRY(task::log_waiters().wait([&] { return klog::next_sequence() > seen; }));
    }
}

Result<void> check_privilege(process::Thread& caller, Action action) {
    if (action == Action::read_all || action == Action::size_buffer)
        return {};
    auto const who = caller.credentials();
    if (who->has(vfs::Capability::syslog) || who->has(vfs::Capability::sys_admin))
        return {};
    return fail(Errno::eperm);
}

} // namespace

Result<i64> syslog(process::Thread& caller, i32 number, UserSink into) {
    auto const action = static_cast<Action>(number);
    TRY(check_privilege(caller, action));
    auto const size = static_cast<i64>(into.left());
    bool const reads =
        action == Action::read || action == Action::read_all || action == Action::read_clear;
    if (reads && (static_cast<i32>(size) < 0))
        return fail(Errno::einval);
    if (reads && size == 0)
        return 0;
    switch (action) {
    case Action::close:
    case Action::open:
        return 0;
    case Action::read:
        return read_next(into);
    case Action::read_all:
        return read_all(into, positions.lock()->cleared);
    case Action::read_clear: {
        u64 const end = klog::next_sequence();
        auto const count = TRY(read_all(into, positions.lock()->cleared));
        positions.lock()->cleared = end;
        return count;
    }
    case Action::clear:
        positions.lock()->cleared = klog::next_sequence();
        return 0;
    case Action::console_off:
        positions.lock()->saved_level = klog::console_level();
        klog::set_console_level(1);
        return 0;
    case Action::console_on:
        klog::set_console_level(positions.lock()->saved_level);
        return 0;
    case Action::console_level:
        if (size < 1 || size > 8)
            return fail(Errno::einval);
        klog::set_console_level(static_cast<u32>(size));
        return 0;
    case Action::size_unread:
        return static_cast<i64>((klog::next_sequence() - positions.lock()->read.sequence) * 64);
    case Action::size_buffer:
        return static_cast<i64>(klog::capacity());
    }
    return fail(Errno::einval);
}

} // namespace sys
