// Turns what the loader left into BootInfo, and hands out memory before there is an allocator.
#include "kernel/arch/api/boot.hpp"

#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/x86_64/early_memory.hpp"
#include "kernel/arch/x86_64/layout.hpp"
#include "kernel/arch/x86_64/memory_map.hpp"
#include "kernel/arch/x86_64/tlb.hpp"
#include "kernel/log/log.hpp"
#include "libs/cmdline/cmdline.hpp"
#include "libs/loader/loader.hpp"

#include <algorithm>
#include <cstring>

namespace arch {

extern "C" {
extern char const __boot_start[];
extern char const __kernel_end[];
}

namespace {

constexpr u64 readable_early = 1_GiB; ///< boot.S mapped this much

constinit loader::Information loaded;
constinit MemoryMap map;
constinit BootInfo info{};
constinit PhysAddr cpu_startup_page{};
constinit PhysAddr next_early_frame{};
constinit PhysAddr early_frames_end{};
constinit PhysAddr early_frames_start{};
constinit bool open = true;

[[noreturn]] void refuse(std::string_view reason) {
    early_write("Linnet: ");
    early_write(reason);
    early_write(".\n");
    exit_emulator(1);
    halt();
}

class EarlyMemory final : public platform::PhysicalMemory {
public:
    bool read(PhysAddr at, Bytes into) const override {
        if (at.value() >= readable_early || into.size() > readable_early - at.value())
            return false;
        copy_bytes(into, {pointer_to<std::byte const>(direct_map(at)), into.size()});
        return true;
    }
};

u64 image_physical(void const* object) {
    return address_of(object) - layout::kernel_offset - kernel_slide();
}

void read_memory_map() {
    using Kind = MemoryRange::Kind;
    using From = loader::MemoryEntry::Kind;
    for (u32 pass = 0; pass < 2; ++pass) { // what is not usable wins where entries overlap
        for (auto const& entry : loaded.memory()) {
            PhysAddr const end = entry.start + entry.size;
            if (entry.kind == From::usable && pass == 0)
                map.mark(entry.start.page_up(), end.page_down(), Kind::usable);
            else if (entry.kind != From::usable && pass == 1)
                map.mark(entry.start.page_down(), end.page_up(),
                         entry.kind == From::acpi_reclaimable ? Kind::acpi_reclaimable
                                                              : Kind::reserved);
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

/// Any page that a startup interrupt can name: below 1 MiB, but not where real mode's data lies.
void choose_startup_page() {
    for (PhysAddr page(0x1000); page < PhysAddr(0x9'f000); page += page_size) {
        if (map.kind_at(page) != MemoryRange::Kind::usable)
            continue;
        map.mark(page, page + page_size, MemoryRange::Kind::reserved);
        cpu_startup_page = page;
        return;
    }
}

std::optional<Framebuffer> framebuffer() {
    auto const& found = loaded.framebuffer();
    if (!found)
        return std::nullopt;
    auto const colour = [](loader::Colour of) { return Framebuffer::Colour{of.position, of.bits}; };
    return Framebuffer{
        .start = found->start,
        .pitch = found->pitch,
        .width = found->width,
        .height = found->height,
        .pixel_bits = found->pixel_bits,
        .red = colour(found->red),
        .green = colour(found->green),
        .blue = colour(found->blue),
    };
}

} // namespace

void read_loader_information(PhysAddr at, BootProtocol protocol) {
    using Kind = MemoryRange::Kind;
    EarlyMemory const memory;
    auto const done = protocol == BootProtocol::multiboot2 ? loaded.read_multiboot2(memory, at)
                                                           : loaded.read_pvh(memory, at);
    if (!done)
        refuse(done.error().cause);
    for (auto const* const complaint : loaded.complaints())
        klog::warn("{}: {}", loaded.protocol(), complaint);

    read_memory_map();
    map.mark(PhysAddr(0), PhysAddr(page_size), Kind::reserved); // real mode's vectors
    map.mark(PhysAddr(reinterpret_cast<u64>(__boot_start)),
             PhysAddr(image_physical(__kernel_end)).page_up(), Kind::kernel);
    if (auto const& module = loaded.initramfs()) {
        info.initrd_start = module->start;
        info.initrd_end = module->start + module->size;
        map.mark(info.initrd_start.page_down(), info.initrd_end.page_up(), Kind::initrd);
    }
    choose_startup_page();
    info.command_line = loaded.command_line();
    limit_memory();
    info.loader = loaded.loader_name().empty() ? loaded.protocol() : loaded.loader_name();
    info.framebuffer = framebuffer();
    info.memory = map.ranges();
    choose_early_frames();
}

BootInfo const& boot_info() {
    return info;
}

PhysAddr early_frame() {
    if (!open || next_early_frame == early_frames_end)
        refuse("no memory to start in");
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
    ConstBytes const copy = loaded.root_pointer_copy();
    return copy.empty() ? loaded.root_pointer() : PhysAddr(image_physical(copy.data()));
}

} // namespace arch
