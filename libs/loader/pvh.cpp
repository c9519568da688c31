// PVH's start info. Layouts: Xen's public/arch-x86/hvm/start_info.h, version 1.
#include "libs/loader/texts.hpp"

namespace loader {
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

struct ModuleEntry {
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
constexpr u32 most_entries = 4096; ///< more than any machine has: a count beyond it is damage

} // namespace

std::expected<void, Problem> Information::read_pvh(PhysicalMemory const& memory, PhysAddr at) {
    protocol_ = "PVH";
    auto const start = platform::read_object<StartInfo>(memory, at);
    if (!start || start->magic != start_info_magic || start->version < 1)
        return std::unexpected(Problem{"not started by a PVH loader with a memory map", at});
    if (start->memory_map_count > most_entries || start->module_count > most_entries)
        return std::unexpected(Problem{"the PVH start info is damaged", at});
    for (u32 i = 0; i < start->memory_map_count; ++i) {
        PhysAddr const place(start->memory_map + i * sizeof(MapEntry));
        auto const entry = platform::read_object<MapEntry>(memory, place);
        if (!entry)
            return std::unexpected(Problem{"the memory map is out of reach", place});
        add_memory(PhysAddr(entry->address), entry->size, entry->type);
    }
    for (u32 i = 0; i < start->module_count; ++i) {
        PhysAddr const place(start->modules + i * sizeof(ModuleEntry));
        auto const module = platform::read_object<ModuleEntry>(memory, place);
        if (!module)
            return std::unexpected(Problem{"the list of modules is out of reach", place});
        add_module({PhysAddr(module->address), module->size});
    }
    if (start->command_line != 0 &&
        !read_text(memory, PhysAddr(start->command_line), ~u64{0}, command_line_,
                   "the command line is too long; its end is cut"))
        return std::unexpected(
            Problem{"the command line is out of reach", PhysAddr(start->command_line)});
    root_pointer_ = PhysAddr(start->root_pointer);
    return finish(at);
}

} // namespace loader
