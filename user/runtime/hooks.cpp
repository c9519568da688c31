// What the C++ runtime that the kernel shares asks of its surroundings, in a user program.
#include "kernel/runtime/hooks.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/runtime/modules.hpp"

#include "abi/elf.hpp"
#include "libs/base/format.hpp"
#include "user/abi/internal.hpp"

// The personality routine is asked for weakly (weak.hpp); this file, which every throw needs,
// brings it along by asking for its neighbour.
asm(".globl _Unwind_GetIP\n");

extern "C" uapi::Elf64Header const __ehdr_start; // by the linker: the program's own header

namespace runtime {
namespace {

dwarf::Region region(u64 start, usize size) noexcept {
    return {start, {reinterpret_cast<std::byte const*>(start), size}}; // Safe because it is loaded.
}

/// The program as its headers describe it: text, tables, and what the tables refer to.
unwind::Module own_module() noexcept {
    unwind::Module module;
    // Safe because the headers are part of the first segment.
    auto const* const headers = reinterpret_cast<uapi::Elf64ProgramHeader const*>(
        reinterpret_cast<std::byte const*>(&__ehdr_start) + __ehdr_start.program_headers);
    for (unsigned i = 0; i < __ehdr_start.program_header_count; ++i) {
        auto const& segment = headers[i];
        if (segment.type == uapi::pt_gnu_eh_frame)
            module.tables.header = region(segment.virtual_address, segment.memory_size);
        if (segment.type != uapi::pt_load || (segment.flags & uapi::pf_x) == 0)
            continue;
        module.text_start = segment.virtual_address;
        module.text_end = segment.virtual_address + segment.memory_size;
        module.tables.frames = region(segment.virtual_address, segment.file_size);
        module.lsda = module.tables.frames;
    }
    return module;
}

/// Filled in by an initialiser, which reads constants only: before any thread, and before main().
constinit unwind::Module module = {};

[[gnu::constructor(101)]] void find_module() {
    module = own_module();
}

[[noreturn]] void end(char const* why, KernelBug const* bug, unwind::Frame const& where) noexcept {
    char buffer[256];
    BufferSink sink(buffer);
    format_to(sink, "{} at 0x{:x}", why, where.registers[unwind::rip]);
    if (bug != nullptr)
        format_to(sink, " ({})", bug->what);
    linnet_panic(sink.text().data(), sink.text().size());
}

} // namespace

LoadedModules::LoadedModules() noexcept : list_(&module, 1) {}

EhState& eh_state() noexcept {
    static thread_local constinit EhState state{};
    return state;
}

bool is_vital(u64) noexcept {
    return false;
}

void frame_left(u64, u64) noexcept {}

char const* vital_lock_held(u64, u64) noexcept {
    return nullptr;
}

void* keep_thread() noexcept {
    return nullptr;
}

void drop_thread(void*) noexcept {}

void note_fault(KernelBug const& bug, unwind::Frame const& where) noexcept {
    end(bug.what, nullptr, where);
}

void halt_with_report(char const* why, KernelBug const* bug, unwind::Frame const& where) noexcept {
    end(why, bug, where);
}

} // namespace runtime

bool arch::in_interrupt() {
    return false;
}
