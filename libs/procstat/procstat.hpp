// What /proc says of processes and of the machine, as numbers.
#pragma once

#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"

#include <optional>

namespace procstat {

/// Of CPU time in /proc, on every Linux.
inline constexpr u64 ticks_per_second = 100;

/// /proc/PID/stat. Views live as long as its text.
struct Process {
    u64 pid = 0;
    std::string_view name = {}; ///< any bytes, without the parentheses
    char state = '?';
    u64 parent = 0;
    u64 group = 0;
    u64 session = 0;
    u64 ticks = 0; ///< of CPU time, in user and kernel mode
    u64 threads = 0;
    u64 start = 0;    ///< ticks after the machine's start
    u64 resident = 0; ///< KiB
};

/// Nothing when it makes no sense.
std::optional<Process> parse_process(std::string_view text);

/// A line of /proc/stat, in ticks.
struct CpuTimes {
    u64 user = 0;   ///< also at low priority
    u64 system = 0; ///< also interrupts, and what the hypervisor took
    u64 idle = 0;   ///< also waiting for devices

    u64 sum() const { return user + system + idle; }
};

/// The machine's CPUs, in order.
Vector<CpuTimes> parse_cpus(std::string_view text);

/// /proc/meminfo, in KiB.
struct Memory {
    u64 total = 0;
    u64 free = 0;
    u64 available = 0;
};

Memory parse_memory(std::string_view text);

/// /proc/loadavg: "0.10 0.05 0.01 1/23 45".
struct Load {
    std::string_view averages[3] = {}; ///< over 1, 5 and 15 minutes
    u64 running = 0;
    u64 threads = 0;
};

std::optional<Load> parse_load(std::string_view text);

/// What could drive a terminal becomes `?`, and zero bytes blanks.
String printable(std::string_view text);

} // namespace procstat
