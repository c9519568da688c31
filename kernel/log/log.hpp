// The kernel's log: klog::info("found {} CPUs", count).
#pragma once

#include "kernel/log/message.hpp"
#include "kernel/log/ring.hpp"
#include "libs/base/format.hpp"

namespace klog {

/// Adds one record per line of `text` and sends it on. Works from the first instruction on, in
/// interrupts, NMIs and panics, with any lock held. Never waits for another CPU's printing: whoever
/// prints also prints what came meanwhile. `data` goes with the first line: members of a JSON
/// object, at most Ring::longest_data.
void write(Level level, Site site, std::string_view text, std::string_view data = {}) noexcept;

/// Longest formatted text; the rest is cut.
inline constexpr usize line_limit = 512;

/// Formats first, so that a bug in an argument unwinds before anything is held.
void write_values(Level level, Site site, std::string_view text, Values const& values);

/// Also the named values of `text` reach those who read JSON; manual, "Simple I/O".
template <class... Arguments>
void log(Level level, Message<Arguments...> text, Arguments const&... arguments) {
    if constexpr (sizeof...(Arguments) == 0)
        write_values(level, text.site(), text.text(), {});
    else {
        format_detail::Argument const list[] = {
            {static_cast<void const*>(&arguments), &format_detail::put<Arguments>}...};
        static constexpr ValueKind kinds[] = {message_detail::kind<Arguments>()...};
        write_values(level, text.site(), text.text(), {list, kinds, sizeof...(Arguments)});
    }
}

template <class... Arguments>
void emergency(Message<Arguments...> text, Arguments const&... arguments) {
    log(Level::emergency, text, arguments...);
}

template <class... Arguments>
void error(Message<Arguments...> text, Arguments const&... arguments) {
    log(Level::error, text, arguments...);
}

template <class... Arguments>
void warn(Message<Arguments...> text, Arguments const&... arguments) {
    log(Level::warning, text, arguments...);
}

template <class... Arguments>
void notice(Message<Arguments...> text, Arguments const&... arguments) {
    log(Level::notice, text, arguments...);
}

template <class... Arguments>
void info(Message<Arguments...> text, Arguments const&... arguments) {
    log(Level::info, text, arguments...);
}

template <class... Arguments>
void debug(Message<Arguments...> text, Arguments const&... arguments) {
    log(Level::debug, text, arguments...);
}

/// Records with a number below `level` reach the console (Linux's console_loglevel): 7 from boot,
/// 4 with `quiet`, 10 with `debug`, N with `loglevel=N`.
void set_console_level(u32 level) noexcept;
u32 console_level() noexcept;

/// From now on everything is printed, and locks whose holder does not answer are broken.
/// For the CPU that reports a fatal error, after it has stopped the others.
void panic_mode() noexcept;
/// Where the lines of a panic go as well, such as a screen; called with any lock held.
void set_panic_output(void (*write)(std::string_view line) noexcept) noexcept;

/// Sends every record to a serial port of its own as a line of JSON, from the oldest on.
/// When the host does not read, records wait in the ring and the kernel goes on; a record tells how
/// many the ring had to drop meanwhile. Without a port this does nothing.
void open_json_port() noexcept;
bool has_json_port() noexcept;
/// The port may take more.
void send_json() noexcept;
/// Before the machine ends: waits for the port, as long as the host reads.
void finish() noexcept;

/// Who tells on whose behalf this CPU runs; called in any context.
void set_task_source(void (*describe)(Task& task) noexcept) noexcept;
/// On whose behalf this CPU runs; in any context.
Task running_task() noexcept;
/// Called after each record with any lock held, in any context: see task::log_waiters().
void set_record_hook(void (*hook)() noexcept) noexcept;

// Reading, for /dev/kmsg and syslog(2).

/// The next record for `cursor`; Cursor{} starts with the oldest.
std::optional<Record> read(Cursor& cursor, std::span<char> into) noexcept;
/// A cursor that sees only what comes from now on.
Cursor end() noexcept;
u64 next_sequence() noexcept;
/// Bytes that the ring can hold.
usize capacity() noexcept;

/// "[    1.234567] text" without level, as the console and dmesg show it.
void format_record(TextSink& sink, Record const& record);

} // namespace klog
