// The machine at one moment, from /proc; and what happened between two.
#pragma once

#include "libs/procstat/procstat.hpp"
#include "user/os/error.hpp"

struct ProcessSample {
    u64 pid = 0;
    String name;
    char state = '?';
    u64 ticks = 0;
    u64 start = 0;
    u64 resident = 0; ///< KiB
};

struct Sample {
    Nanoseconds when; ///< os::now()
    Vector<procstat::CpuTimes> cpus;
    procstat::Memory memory;
    String load_text;
    Vector<ProcessSample> processes; ///< by pid
};

/// Of a process, since the sample before; of a new one, since its start.
struct Usage {
    ProcessSample const* process;
    u64 permille; ///< of one CPU
};

/// Of a CPU, since the sample before; they add up to 1000, or are all 0 when no time has passed.
struct CpuShare {
    u64 user;
    u64 system;
    u64 idle;
};

enum class SortBy { cpu, memory };

Result<Sample> take_sample();
Vector<Usage> usage_between(Sample const& before, Sample const& now, SortBy order);
Vector<CpuShare> shares_between(Sample const& before, Sample const& now);
