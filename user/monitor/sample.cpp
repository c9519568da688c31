// The machine at one moment.
#include "user/monitor/sample.hpp"

#include "user/options/options.hpp"
#include "user/os/directory.hpp"
#include "user/os/time.hpp"

#include <algorithm>

Result<Sample> take_sample() {
    Sample sample;
    sample.when = os::now();
    sample.cpus = procstat::parse_cpus(TRY(os::read_file("/proc/stat")));
    sample.memory = procstat::parse_memory(TRY(os::read_file("/proc/meminfo")));
    sample.load_text = TRY(os::read_file("/proc/loadavg"));
    for (auto const& name : TRY(os::list_directory("/proc"))) {
        if (!parse_number(name))
            continue;
        auto const text = os::read_file(format("/proc/{}/stat", name));
        auto const process = text ? procstat::parse_process(*text) : std::nullopt;
        if (!process)
            continue; // it has ended meanwhile
        sample.processes.push_back({.pid = process->pid,
                                    .name = procstat::printable(process->name),
                                    .state = process->state,
                                    .ticks = process->ticks,
                                    .start = process->start,
                                    .resident = process->resident});
    }
    std::sort(sample.processes.begin(), sample.processes.end(),
              [](ProcessSample const& a, ProcessSample const& b) { return a.pid < b.pid; });
    return sample;
}

namespace {

/// The same process, not another one with its number.
ProcessSample const* find(Sample const& in, ProcessSample const& process) {
    auto const* const found =
        std::lower_bound(in.processes.begin(), in.processes.end(), process.pid,
                         [](ProcessSample const& other, u64 pid) { return other.pid < pid; });
    return found != in.processes.end() && found->pid == process.pid && found->start == process.start
               ? found
               : nullptr;
}

} // namespace

Vector<Usage> usage_between(Sample const& before, Sample const& now, SortBy order) {
    u64 const passed = static_cast<u64>((now.when - before.when).count());
    constexpr u64 tick = 1'000'000'000 / procstat::ticks_per_second;
    Vector<Usage> list;
    for (auto const& process : now.processes) {
        auto const* const earlier = find(before, process);
        u64 const ticks = process.ticks - (earlier != nullptr ? earlier->ticks : 0);
        list.push_back({&process, passed == 0 ? 0 : ticks * tick * 1000 / passed});
    }
    std::sort(list.begin(), list.end(), [&](Usage const& a, Usage const& b) {
        u64 const of_a = order == SortBy::cpu ? a.permille : a.process->resident;
        u64 const of_b = order == SortBy::cpu ? b.permille : b.process->resident;
        return of_a != of_b ? of_a > of_b : a.process->pid < b.process->pid;
    });
    return list;
}

Vector<CpuShare> shares_between(Sample const& before, Sample const& now) {
    Vector<CpuShare> shares;
    for (usize i = 0; i < std::min(before.cpus.size(), now.cpus.size()); ++i) {
        auto const& a = before.cpus[i];
        auto const& b = now.cpus[i];
        // Linux lets the idle time go back by a tick now and then.
        auto const since = [](u64 earlier, u64 later) {
            return later > earlier ? later - earlier : 0;
        };
        u64 const user = since(a.user, b.user);
        u64 const system = since(a.system, b.system);
        u64 const sum = user + system + since(a.idle, b.idle);
        CpuShare share = {};
        if (sum != 0) {
            share = {user * 1000 / sum, system * 1000 / sum, 0};
            share.idle = 1000 - share.user - share.system;
        }
        shares.push_back(share);
    }
    return shares;
}
