// The files of /proc about the whole system.
#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/device/interrupts.hpp"
#include "kernel/fs/proc/nodes.hpp"
#include "kernel/mem/heap.hpp"
#include "kernel/process/system_name.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/vfs/devices.hpp"

namespace proc {

namespace {

void write_cpu_line(TextSink& into, task::CpuTimes const& times) {
    format_to(into, " {} {} {} {} 0 0 0 0 0 0\n", ticks(times.user), ticks(times.nice),
              ticks(times.system), ticks(times.idle));
}

Result<void> write_stat_file(TextSink& into) {
    task::CpuTimes sum{};
    for (usize cpu = 0; cpu < arch::cpu_count(); ++cpu) {
        auto const times = task::cpu_times(cpu);
        sum.user += times.user;
        sum.nice += times.nice;
        sum.system += times.system;
        sum.idle += times.idle;
    }
    into.write("cpu ");
    write_cpu_line(into, sum);
    for (usize cpu = 0; cpu < arch::cpu_count(); ++cpu) {
        format_to(into, "cpu{}", cpu);
        write_cpu_line(into, task::cpu_times(cpu));
    }
    u64 forks = 0;
    {
        auto tree = process::pid_space().lock();
        forks = tree->forks();
    }
    format_to(into, "intr 0\nctxt {}\nbtime {}\nprocesses {}\nprocs_running {}\nprocs_blocked 0\n",
              task::context_switches(), arch::boot_wall_time().count() / 1'000'000'000, forks,
              std::max<u32>(task::load_average().running, 1));
    return {};
}

Result<void> write_meminfo(TextSink& into) {
    auto const frames = mem::frame_statistics();
    auto const row = [&](std::string_view name, usize pages) {
        format_to(into, "{:<16}{:8} kB\n", name, pages * (page_size / 1024));
    };
    row("MemTotal:", frames.total);
    row("MemFree:", frames.free);
    row("MemAvailable:", frames.free);
    row("Buffers:", 0);
    row("Cached:", frames.page_cache);
    row("SwapCached:", 0);
    row("Active:", 0);
    row("Inactive:", 0);
    row("SwapTotal:", 0);
    row("SwapFree:", 0);
    row("Dirty:", 0);
    row("Writeback:", 0);
    row("AnonPages:", frames.user);
    row("Mapped:", 0);
    row("Shmem:", frames.page_cache); // every cached page is tmpfs's: it has no other home
    row("Slab:", frames.kernel_heap);
    row("SReclaimable:", 0);
    row("SUnreclaim:", frames.kernel_heap);
    row("KernelStack:", frames.kernel_stacks);
    row("PageTables:", frames.page_tables);
    return {};
}

Result<void> write_uptime(TextSink& into) {
    u64 const up = ticks(arch::now());
    u64 idle = 0;
    for (usize cpu = 0; cpu < arch::cpu_count(); ++cpu)
        idle += ticks(task::cpu_times(cpu).idle);
    format_to(into, "{}.{:02} {}.{:02}\n", up / 100, up % 100, idle / 100, idle % 100);
    return {};
}

Result<void> write_loadavg(TextSink& into) {
    auto const load = task::load_average();
    for (u64 const value : {load.one, load.five, load.fifteen}) {
        u64 const rounded = value + 65536 / 200;
        format_to(into, "{}.{:02} ", rounded >> 16, ((rounded & 0xffff) * 100) >> 16);
    }
    int last = 0;
    usize threads = 0;
    {
        auto tree = process::pid_space().lock();
        last = static_cast<int>(tree->last_pid());
        threads = tree->threads();
    }
    format_to(into, "{}/{} {}\n", load.running, threads, last);
    return {};
}

Result<void> write_cpuinfo(TextSink& into) {
    auto const cpu = arch::describe_cpu();
    for (usize i = 0; i < arch::cpu_count(); ++i)
        format_to(into,
                  "processor\t: {}\nvendor_id\t: {}\ncpu family\t: {}\nmodel\t\t: {}\n"
                  "model name\t: {}\nstepping\t: {}\ncpu MHz\t\t: {}.{:03}\n\n",
                  i, std::string_view(cpu.vendor), cpu.family, cpu.model,
                  std::string_view(cpu.brand), cpu.stepping, cpu.khz / 1000, cpu.khz % 1000);
    return {};
}

Result<void> write_command_line(TextSink& into) {
    into.write(arch::boot_info().command_line);
    into.write("\n");
    return {};
}

Result<void> write_file_systems(TextSink& into) {
    vfs::for_each_file_system([&](vfs::FileSystemType const& type) {
        format_to(into, "{}\t{}\n", type.needs_device ? "" : "nodev", type.name);
    });
    return {};
}

Result<void> write_devices(TextSink& into) {
    into.write("Character devices:\n");
    vfs::for_each_device([&](vfs::DeviceEntry const& device) {
        if (device.kind == vfs::Kind::character_device)
            format_to(into, "{:3} {}\n", device.number.major, device.name);
    });
    into.write("\nBlock devices:\n");
    return {};
}

Result<void> write_partitions(TextSink& into) {
    into.write("major minor  #blocks  name\n\n");
    return {};
}

Result<void> write_swaps(TextSink& into) {
    into.write("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
    return {};
}

Result<void> write_version(TextSink& into) {
    format_to(into, "{} version {} {}\n", process::system_name, process::system_release,
              process::system_version);
    return {};
}

Result<void> write_interrupts(TextSink& into) {
    into.write("    ");
    for (usize cpu = 0; cpu < arch::cpu_count(); ++cpu)
        format_to(into, "{}CPU{}", cpu < 10 ? "       " : "      ", cpu);
    into.write("\n");
    device::for_each_interrupt([&](device::InterruptInfo const& interrupt) {
        format_to(into, "{:3}:", interrupt.number);
        for (auto const& count : interrupt.counts)
            format_to(into, " {:10}", count.load());
        into.write(interrupt.kind == device::InterruptInfo::Kind::input ? "  input  "
                                                                        : "  message");
        for (usize i = 0; i < interrupt.handler_count; ++i)
            format_to(into, "{}{}", i == 0 ? "  " : ", ", interrupt.handlers[i]);
        into.write("\n");
    });
    return {};
}

/// In Linux's columns.
Result<void> write_slabinfo(TextSink& into) {
    into.write("slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize> "
               "<objperslab> <pagesperslab>\n");
    mem::for_each_size_class([&](mem::SizeClassUse const& use) {
        format_to(into, "kmalloc-{:<9} {:6} {:6} {:6} {:4} {:4}\n", use.object_bytes,
                  use.objects_used, use.slabs * use.objects_per_slab, use.object_bytes,
                  use.objects_per_slab, use.pages_per_slab);
    });
    return {};
}

struct Entry {
    std::string_view name;
    Result<void> (*generate)(TextSink& into);
};

constexpr Entry entries[] = {
    {"cmdline", write_command_line},  {"cpuinfo", write_cpuinfo},
    {"devices", write_devices},       {"filesystems", write_file_systems},
    {"interrupts", write_interrupts}, {"loadavg", write_loadavg},
    {"meminfo", write_meminfo},       {"partitions", write_partitions},
    {"slabinfo", write_slabinfo},     {"stat", write_stat_file},
    {"swaps", write_swaps},           {"uptime", write_uptime},
    {"version", write_version},
};

} // namespace

Result<void> add_system_files(vfs::FileSystem& file_system, vfs::FixedDirectory& root) {
    for (auto const& entry : entries)
        root.add(entry.name,
                 TRY(vfs::simple_file(file_system, entry.generate == write_slabinfo ? 0400 : 0444,
                                      entry.generate)));
    return {};
}

} // namespace proc
