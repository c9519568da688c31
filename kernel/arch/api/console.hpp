// Output that works from the first instruction on: the serial port, and the channel to the runner.
#pragma once

#include <string_view>

namespace arch {

/// Polled write to the first serial port; "\n" becomes "\r\n". No lock: callers serialise.
void early_write(std::string_view text);

/// To the runner (QEMU's isa-debugcon at port 0xe9), if one listens: whole lines, each a record
/// such as "exit 0". No lock: callers serialise.
void report_write(std::string_view line);

} // namespace arch
