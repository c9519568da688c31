// Resource limits, usage and clocks of processes, in Linux's x86-64 layouts.
#pragma once

#include "abi/time.hpp"

namespace uapi {

enum class Limit : std::uint32_t {
    cpu = 0,
    file_size = 1,
    data = 2,
    stack = 3,
    core = 4,
    resident = 5,
    processes = 6,
    open_files = 7,
    locked_memory = 8,
    address_space = 9,
    locks = 10,
    pending_signals = 11,
    message_queue = 12,
    nice = 13,
    realtime_priority = 14,
    realtime_time = 15,
};

inline constexpr std::uint32_t limit_count = 16;
inline constexpr std::uint64_t unlimited = ~std::uint64_t{0};

struct ResourceLimit {
    std::uint64_t soft;
    std::uint64_t hard;
};

struct ResourceUsage {
    timeval user;
    timeval system;
    std::int64_t most_resident; ///< KiB
    std::int64_t shared, data, stack;
    std::int64_t minor_faults, major_faults;
    std::int64_t swaps, blocks_in, blocks_out;
    std::int64_t messages_sent, messages_received, signals;
    std::int64_t voluntary_switches, involuntary_switches;
};

static_assert(sizeof(ResourceUsage) == 144);

inline constexpr int usage_self = 0, usage_children = -1, usage_thread = 1;

/// struct tms, in clock ticks of 1/100 s
struct ProcessTimes {
    std::int64_t user, system, children_user, children_system;
};

inline constexpr std::int64_t ticks_per_second = 100;

struct IntervalTimer { // struct itimerval
    timeval interval;
    timeval value;
};

struct IntervalTimerSpec { // struct itimerspec
    timespec interval;
    timespec value;
};

enum class Clock : std::int32_t {
    realtime = 0,
    monotonic = 1,
    process_cpu = 2,
    thread_cpu = 3,
    monotonic_raw = 4,
    realtime_coarse = 5,
    monotonic_coarse = 6,
    boottime = 7,
    realtime_alarm = 8,
    boottime_alarm = 9,
    tai = 11,
};

inline constexpr std::int32_t timer_absolute = 1;

enum class ITimer : std::int32_t { real = 0, virtual_time = 1, profile = 2 };

struct TimeZone {
    std::int32_t minutes_west;
    std::int32_t dst;
};

} // namespace uapi
