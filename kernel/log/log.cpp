// Writing: into the ring under a lock that a panic can break, then to the console.
#include "kernel/log/log.hpp"

#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/log/outlet.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/bug.hpp"
#include "libs/json/builder.hpp"

namespace klog {
namespace {

constexpr usize storage_size = 128_KiB;
alignas(16) constinit char storage[storage_size] = {};
constinit Ring ring{storage};

constexpr usize longest_member = 160; ///< of one named value

constinit Atomic<bool> panicking{false};
constinit Atomic<bool> ending{false};
constinit Atomic<u32> level_limit{7};
constinit Atomic<void (*)(std::string_view) noexcept> panic_output{nullptr};
constinit Atomic<void (*)(Task&) noexcept> task_source{nullptr};
constinit Atomic<void (*)() noexcept> record_hook{nullptr};

constinit Lock ring_lock;
constinit Outlet console;
/// Of a line that is not out to its end, perhaps never: its sender was stopped by a panic.
constinit Atomic<bool> is_line_begun{false};

/// Runs `action` on the ring; returns false, without running it, when this CPU is inside already. A
/// bug in it, whose report goes to the console past the ring, costs the record.
template <class Action>
bool with_ring(Action action) noexcept {
    arch::InterruptsOff const off;
    if (ring_lock.acquire() == Lock::Got::mine_already)
        return false;
    try {
        action();
    } catch (KernelBug const&) {
    }
    ring_lock.release();
    return true;
}

void print(Record const& record) {
    if (static_cast<u32>(record.level) >= level_limit.load(MemoryOrder::relaxed))
        return;
    // One write per line where it fits: the machine's console may be shared with its loader.
    char line[line_limit + 64];
    BufferSink sink(line);
    format_record(sink, record);
    if (is_line_begun.exchange(true))
        arch::early_write("\n");
    arch::early_write(sink.text());
    if (sink.lost() != 0)
        arch::early_write(record.text.substr(record.text.size() - sink.lost()));
    arch::early_write("\n");
    is_line_begun.store(false);
    if (auto const write = panic_output.load(); write != nullptr && panicking.load())
        write(sink.text());
}

Sent print_next(Cursor& cursor) {
    char text[Ring::longest_text];
    auto const expected = cursor.sequence;
    auto const record = read(cursor, text);
    if (!record)
        return Sent::none_left;
    if (record->sequence != expected) {
        char note[64];
        BufferSink sink(note);
        format_to(sink, "{} records were dropped", record->sequence - expected);
        print({.time = record->time, .level = Level::warning, .text = sink.text()});
    }
    print(*record);
    return Sent::one;
}

void write_line(Level level, Site site, std::string_view line, std::string_view data) {
    Record record{.level = level, .line = site.line, .text = line, .data = data};
    if (site.file != nullptr)
        record.file = site.file;
    record.task = running_task();
    bool const added = with_ring([&] {
        record.time = arch::now();
        record.cpu = static_cast<u16>(arch::cpu_index());
        ring.append(record);
    });
    if (!added) {
        // Inside the log on this CPU already: only the console is left.
        arch::early_write("\n");
        arch::early_write(line);
        arch::early_write("\n");
    }
}

/// Line by line.
void write_lines(Level level, Site site, std::string_view text, std::string_view data) {
    while (!text.empty() && text.back() == '\n')
        text.remove_suffix(1);
    for (;;) {
        usize const end = text.find('\n');
        write_line(level, site, text.substr(0, end), data);
        if (end == std::string_view::npos)
            return;
        text.remove_prefix(end + 1);
        data = {};
    }
}

void add_member(json::Builder& data, FormatSpec const& spec, format_detail::Argument const& value,
                ValueKind kind) {
    char buffer[longest_member];
    BufferSink sink(buffer);
    bool const hexadecimal = spec.kind == 'x' || spec.kind == 'X';
    if (kind == ValueKind::number && !hexadecimal) {
        value.put(sink, value.object, {});
        data.raw(spec.name, sink.text());
        return;
    }
    if (kind != ValueKind::text)
        sink.write("0x");
    value.put(sink, value.object, {.kind = hexadecimal ? 'x' : 'd'});
    data.text(spec.name, sink.text());
}

void add_members(json::Builder& data, std::string_view text, Values const& values) {
    usize next = 0;
    for (usize at = 0; at < text.size() && next < values.count;) {
        if (text[at] != '{' || text.substr(at).starts_with("{{")) {
            at += text[at] == '{' ? 2 : 1;
            continue;
        }
        FormatSpec spec;
        at = format_detail::parse_spec(text, at + 1, spec);
        ensure(at != 0, "a message was not checked");
        if (!spec.name.empty())
            add_member(data, spec, values.arguments[next], values.kinds[next]);
        ++next;
    }
}

} // namespace

void write(Level level, Site site, std::string_view text, std::string_view data) noexcept {
    try {
        write_lines(level, site, text, data);
    } catch (KernelBug const&) { // whoever writes to the log is not to blame
    }
    console.drain(print_next);
    send_json();
    if (auto const hook = record_hook.load(); hook != nullptr && !last_words())
        hook();
}

void write_values(Level level, Site site, std::string_view text, Values const& values) {
    char line[line_limit];
    BufferSink sink(line);
    format_detail::format_pieces(sink, text, values.arguments, values.count);
    char members[line_limit];
    json::Builder data(members);
    add_members(data, text, values);
    write(level, site, sink.text(), data.view());
}

bool last_words() noexcept {
    return panicking.load(MemoryOrder::relaxed) || ending.load(MemoryOrder::relaxed);
}

void finish() noexcept {
    ending.store(true);
    send_json();
}

void set_task_source(void (*describe)(Task& task) noexcept) noexcept {
    task_source.store(describe);
}

Task running_task() noexcept {
    Task task;
    if (auto const describe = task_source.load(); describe != nullptr)
        describe(task);
    return task;
}

void set_record_hook(void (*hook)() noexcept) noexcept {
    record_hook.store(hook);
}

void set_console_level(u32 level) noexcept {
    level_limit.store(level);
}

u32 console_level() noexcept {
    return level_limit.load();
}

void panic_mode() noexcept {
    panicking.store(true);
    level_limit.store(static_cast<u32>(Level::debug) + 1);
}

void set_panic_output(void (*write)(std::string_view line) noexcept) noexcept {
    panic_output.store(write);
}

std::optional<Record> read(Cursor& cursor, std::span<char> into) noexcept {
    std::optional<Record> record;
    with_ring([&] { record = ring.read(cursor, into); });
    return record;
}

Cursor end() noexcept {
    Cursor cursor;
    with_ring([&] { cursor = ring.end(); });
    return cursor;
}

u64 next_sequence() noexcept {
    u64 sequence = 0;
    with_ring([&] { sequence = ring.next_sequence(); });
    return sequence;
}

usize capacity() noexcept {
    return storage_size;
}

void format_record(TextSink& sink, Record const& record) {
    i64 const count = record.time.count();
    format_to(sink, "[{:5}.{:06}] ", count / 1'000'000'000, count / 1000 % 1'000'000);
    sink.write(record.text);
}

} // namespace klog
