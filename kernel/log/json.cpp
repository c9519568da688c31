// Records as JSON, and the serial port that takes them.
#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/log/log.hpp"
#include "kernel/log/outlet.hpp"
#include "libs/json/builder.hpp"

#include <utility>

namespace klog {
namespace {

constexpr usize line_size = 16_KiB; ///< holds any record, and the news of dropped ones before it
constexpr u32 patience = 500'000;   ///< looks at a port that takes nothing before the machine ends

constinit Atomic<bool> is_open{false};
constinit Outlet port;

/// What is on its way; under the port's lock.
struct Line {
    char content[Ring::longest_text + Ring::longest_file + Ring::longest_data];
    char bytes[line_size];
    usize size;
    usize sent;
    bool gave_up;
    bool waiting; ///< for the port's interrupt
};

constinit Line line = {};

std::string_view name(Level level) {
    static constexpr std::string_view names[] = {"emergency", "alert",  "critical", "error",
                                                 "warning",   "notice", "info",     "debug"};
    return names[std::to_underlying(level) & 7];
}

/// "kernel/drivers/serial/serial.cpp" belongs to "drivers/serial".
std::string_view source_of(std::string_view file) {
    if (file.empty())
        return "user";
    constexpr std::string_view kernel = "kernel/";
    if (file.starts_with(kernel))
        file.remove_prefix(kernel.size());
    return file.substr(0, file.rfind('/'));
}

/// Whether everything of `line` is out. Waits only when the machine ends, and not for a host that
/// does not read.
bool push() noexcept {
    for (u32 looks = 0; line.sent < line.size;) {
        usize const taken = arch::log_port_write({line.bytes + line.sent, line.size - line.sent});
        line.sent += taken;
        if (taken != 0)
            looks = 0;
        else if (!last_words() || line.gave_up)
            return false;
        else if (++looks > patience)
            line.gave_up = true;
    }
    return true;
}

/// Appends a record to `line`; the manual's chapter "Simple I/O" describes the keys.
void add(Record const& record) noexcept {
    // The last byte is for the newline.
    json::Builder to(std::span(line.bytes).first(line_size - 1).subspan(line.size));
    to.open('{').number("sequence", record.sequence).number("time_ns", record.time.count());
    to.text("level", name(record.level)).text("source", source_of(record.file));
    if (!record.file.empty())
        to.text("file", record.file).number("line", record.line);
    to.number("cpu", record.cpu);
    if (record.task.name[0] != '\0') {
        to.open('{', "task").number("pid", record.task.process).number("tid", record.task.thread);
        to.text("name", record.task.name).close();
    }
    to.text("message", record.text);
    if (!record.data.empty())
        to.open('{', "data").members(record.data).close();
    line.size += to.close().view().size();
    line.bytes[line.size++] = '\n';
}

void add_dropped(Record const& first_kept, u64 count) noexcept {
    char text[64];
    BufferSink sink(text);
    format_to(sink, "{} records were dropped", count);
    char members[64];
    json::Builder data(members);
    data.number("dropped", count);
    add({.sequence = first_kept.sequence - count,
         .time = first_kept.time,
         .level = Level::warning,
         .cpu = first_kept.cpu,
         .text = sink.text(),
         .file = "kernel/log/json.cpp",
         .data = data.view()});
}

Sent send_next(Cursor& cursor) noexcept {
    bool const all = push();
    auto const expected = cursor.sequence;
    auto const record = all ? read(cursor, line.content) : std::nullopt;
    if (!record) {
        if (line.waiting == all)
            arch::log_port_notify(line.waiting = !all);
        return all ? Sent::none_left : Sent::not_now;
    }
    line.size = line.sent = 0;
    if (record->sequence != expected)
        add_dropped(*record, record->sequence - expected);
    add(*record);
    return Sent::one;
}

} // namespace

void open_json_port() noexcept {
    is_open.store(arch::open_log_port());
    send_json();
}

bool has_json_port() noexcept {
    return is_open.load(MemoryOrder::relaxed);
}

void send_json() noexcept {
    if (has_json_port())
        port.drain(send_next);
}

} // namespace klog
