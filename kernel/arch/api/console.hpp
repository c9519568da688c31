// Output that works from the first instruction on: the serial port, and the channel to the runner.
#pragma once

#include <cstddef>
#include <string_view>

namespace arch {

/// Polled write to the first serial port; "\n" becomes "\r\n". No lock: callers serialise.
void early_write(std::string_view text);

/// A serial port of its own, which carries nothing but the log as JSON. False: there is none.
bool open_log_port();

/// Gives it as many of `bytes` as it takes at once; returns their number. Never waits. No lock:
/// callers serialise.
std::size_t log_port_write(std::string_view bytes);

/// Whether its ISA interrupt comes when it takes more bytes.
void log_port_notify(bool wanted);
inline constexpr unsigned log_port_isa_interrupt = 3;
/// In the interrupt: whether the port asked for it; acknowledges it there.
bool log_port_interrupted();

/// To the runner (QEMU's isa-debugcon at port 0xe9), if one listens: whole lines, each a record
/// such as "exit 0". No lock: callers serialise.
void report_write(std::string_view line);

} // namespace arch
