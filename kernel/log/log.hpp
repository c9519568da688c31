// The kernel's log: klog::info("found {} CPUs", count).
#pragma once

#include "kernel/log/ring.hpp"
#include "libs/base/format.hpp"

namespace klog {

/// Adds one record per line of `text` and prints it if the console level allows. Works from the
/// first instruction on, in interrupts, NMIs and panics, with any lock held. Never waits for
/// another CPU's printing: whoever prints also prints what came meanwhile.
void write(Level level, std::string_view text) noexcept;

/// Longest formatted record; the rest is cut.
inline constexpr usize line_limit = 512;

/// Formats first, so that a bug in an argument unwinds before anything is held.
template <class... Arguments>
void log(Level level, Format<Arguments...> text, Arguments const&... arguments) {
    char buffer[line_limit];
    BufferSink sink(buffer);
    format_to(sink, text, arguments...);
    write(level, sink.text());
}

template <class... Arguments>
void emergency(Format<Arguments...> text, Arguments const&... arguments) {
    log(Level::emergency, text, arguments...);
}

template <class... Arguments>
void error(Format<Arguments...> text, Arguments const&... arguments) {
    log(Level::error, text, arguments...);
}

template <class... Arguments>
void warn(Format<Arguments...> text, Arguments const&... arguments) {
    log(Level::warning, text, arguments...);
}

template <class... Arguments>
void notice(Format<Arguments...> text, Arguments const&... arguments) {
    log(Level::notice, text, arguments...);
}

template <class... Arguments>
void info(Format<Arguments...> text, Arguments const&... arguments) {
    log(Level::info, text, arguments...);
}

template <class... Arguments>
void debug(Format<Arguments...> text, Arguments const&... arguments) {
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
