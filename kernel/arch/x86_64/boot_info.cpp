// Turns the PVH start info into BootInfo. Layouts: Xen's public/arch-x86/hvm/start_info.h.
#include "kernel/arch/api/boot.hpp"

#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/x86_64/early_memory.hpp"
#include "kernel/arch/x86_64/layout.hpp"
#include "kernel/arch/x86_64/memory_map.hpp"
#include "kernel/arch/x86_64/tlb.hpp"
#include "libs/cmdline/cmdline.hpp"

#include <algorithm>
#include <cstring>

namespace arch {

extern "C" {
extern char const __boot_start[];
extern char const __kernel_end[];
}

namespace {

struct StartInfo {
    u32 magic;
    u32 version;
    u32 flags;
    u32 module_count;
    u64 modules;
    u64 command_line;
    u64 root_pointer;
    u64 memory_map;
    u32 memory_map_count;
    u32 reserved;
};

struct Module {
    u64 address;
    u64 size;
    u64 command_line;
    u64 reserved;
};

struct MapEntry {
    u64 address;
    u64 size;
    u32 type;
    u32 reserved;
};

constexpr u32 start_info_magic = 0x336e'c578;
constexpr u64 readable_early = 1_GiB; ///< boot.S mapped this much

constinit MemoryMap map;
constinit BootInfo info{};
constinit char command_line[4096] = {};
constinit PhysAddr root_pointer{};
constinit PhysAddr cpu_startup_page{};
constinit PhysAddr next_early_frame{};
constinit PhysAddr early_frames_end{};
constinit PhysAddr early_frames_start{};
constinit bool open = true;

[[noreturn]] void refuse(std::string_view reason) {
    early_write(reason);
    exit_emulator(1);
    halt();
}

template <class T>
T const* readable(u64 physical, u64 count = 1) {
    if (physical >= readable_early || count * sizeof(T) > readable_early - physical)
        refuse("Linnet: the loader's tables lie above 1 GiB.\n");
    return pointer_to<T const>(direct_map(PhysAddr(physical)));
}

void read_memory_map(StartInfo const& start) {
    using Kind = MemoryRange::Kind;
    auto const* const entries = readable<MapEntry>(start.memory_map, start.memory_map_count);
    for (u32 pass = 0; pass < 2; ++pass) { // what is not usable wins where entries overlap
        for (u32 i = 0; i < start.memory_map_count; ++i) {
            auto const& entry = entries[i];
            bool const usable = entry.type == 1;
            if (entry.size == 0 || usable != (pass == 0))
                continue;
            PhysAddr const first(entry.address);
            PhysAddr const last(entry.address + entry.size);
            if (usable)
                map.mark(first.page_up(), last.page_down(), Kind::usable);
            else
                map.mark(first.page_down(), last.page_up(),
                         entry.type == 3 ? Kind::acpi_reclaimable : Kind::reserved);
        }
    }
}

/// Free RAM below 1 GiB, above the kernel, for early_frame(): the largest stretch.
void choose_early_frames() {
    for (auto const& range : map.ranges()) {
        if (range.kind != MemoryRange::Kind::usable || range.start >= PhysAddr(readable_early))
            continue;
        auto const end = std::min(range.end, PhysAddr(readable_early));
        if (end - range.start > early_frames_end - early_frames_start) {
            early_frames_start = range.start;
            early_frames_end = end;
        }
    }
    next_early_frame = early_frames_start;
}

/// The option mem=SIZE: nothing above is used.
void limit_memory() {
    auto const text = cmdline::find(info.command_line, "mem");
    auto const limit = text ? cmdline::parse_size(*text) : std::nullopt;
    if (!limit)
        return;
    MemoryRange above[16];
    usize count = 0;
    PhysAddr const from = PhysAddr(*limit).page_up();
    for (auto const& range : map.ranges())
        if (range.kind == MemoryRange::Kind::usable && range.end > from && count < 16)
            above[count++] = {std::max(range.start, from), range.end, range.kind};
    for (usize i = 0; i < count; ++i)
        map.mark(above[i].start, above[i].end, MemoryRange::Kind::reserved);
}

void choose_startup_page() {
    PhysAddr const page(0x8000);
    if (map.kind_at(page) == MemoryRange::Kind::usable) {
        map.mark(page, page + page_size, MemoryRange::Kind::reserved);
        cpu_startup_page = page;
    }
}

} // namespace

void read_start_info(u32 physical) {
    using Kind = MemoryRange::Kind;
    auto const start = *readable<StartInfo>(physical);
    if (start.magic != start_info_magic || start.version < 1)
        refuse("Linnet: not started by a PVH loader with a memory map.\n");
    read_memory_map(start);
    map.mark(PhysAddr(0), PhysAddr(page_size), Kind::reserved); // real mode's vectors
    map.mark(PhysAddr(reinterpret_cast<u64>(__boot_start)),
             PhysAddr(address_of(__kernel_end) - layout::kernel_offset - kernel_slide()).page_up(),
             Kind::kernel);
    choose_startup_page();

    if (start.command_line != 0) {
        auto const* const text = readable<char>(start.command_line);
        usize size = 0;
        while (size < sizeof command_line - 1 && text[size] != '\0')
            ++size;
        std::memcpy(command_line, text, size);
        info.command_line = {command_line, size};
    }
    if (start.module_count != 0) {
        auto const& module = *readable<Module>(start.modules);
        info.initrd_start = PhysAddr(module.address);
        info.initrd_end = PhysAddr(module.address + module.size);
        map.mark(info.initrd_start.page_down(), info.initrd_end.page_up(), Kind::initrd);
    }
    limit_memory();
    root_pointer = PhysAddr(start.root_pointer);
    info.loader = "PVH";
    info.memory = map.ranges();
    choose_early_frames();
}

BootInfo const& boot_info() {
    return info;
}

PhysAddr early_frame() {
    if (!open || next_early_frame == early_frames_end)
        refuse("Linnet: no memory to start in.\n");
    auto const frame = next_early_frame;
    next_early_frame += page_size;
    std::memset(pointer_to<char>(direct_map(frame)), 0, page_size);
    return frame;
}

void close_early_memory() {
    open = false;
    map.mark(early_frames_start, next_early_frame, MemoryRange::Kind::kernel);
    info.memory = map.ranges();
}

bool early_memory_open() {
    return open;
}

PhysAddr startup_page() {
    return cpu_startup_page;
}

PhysAddr loader_root_pointer() {
    return root_pointer;
}

} // namespace arch
