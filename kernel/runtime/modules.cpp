// Finds the kernel's unwind tables by the linker script's symbols.
#include "kernel/runtime/modules.hpp"

#include "kernel/runtime/throw.hpp"
#include "libs/base/address.hpp"

extern "C" {
extern std::byte const __text_start[], __text_end[];
extern std::byte const __vital_start[], __vital_end[];
extern std::byte const __eh_frame_hdr_start[], __eh_frame_hdr_end[];
extern std::byte const __eh_frame_start[], __eh_frame_end[];
extern std::byte const __gcc_except_table_start[], __gcc_except_table_end[];

// In registers.S.
bool runtime_probe_word(u64 from, void* to) noexcept;
bool runtime_probe_byte(u64 from, void* to) noexcept;
extern std::byte const runtime_probe_start[], runtime_probe_end[], runtime_probe_failed[];
}

namespace runtime {
namespace {

dwarf::Region section(std::byte const* start, std::byte const* end) noexcept {
    return {address_of(start).value(), {start, static_cast<usize>(end - start)}};
}

bool within(u64 at, std::byte const* start, std::byte const* end) noexcept {
    return at >= address_of(start).value() && at < address_of(end).value();
}

/// Everything below is the user half.
constexpr u64 kernel_half = 0xffff'8000'0000'0000;

} // namespace

LoadedModules::LoadedModules() noexcept
    : list_{unwind::Module{.text_start = address_of(__text_start).value(),
                           .text_end = address_of(__text_end).value(),
                           .tables = {.header = section(__eh_frame_hdr_start, __eh_frame_hdr_end),
                                      .frames = section(__eh_frame_start, __eh_frame_end)},
                           .lsda = section(__gcc_except_table_start, __gcc_except_table_end)}} {}

bool is_vital(u64 instruction) noexcept {
    return within(instruction, __vital_start, __vital_end);
}

u64 probe_fixup(u64 instruction) noexcept {
    return within(instruction, runtime_probe_start, runtime_probe_end)
               ? address_of(runtime_probe_failed).value()
               : 0;
}

bool KernelMemory::read(u64 at, Bytes into) const noexcept {
    if (at < kernel_half || at + into.size() < at)
        return false;
    if (into.size() == sizeof(u64))
        return runtime_probe_word(at, into.data());
    for (usize i = 0; i < into.size(); ++i)
        if (!runtime_probe_byte(at + i, into.data() + i))
            return false;
    return true;
}

} // namespace runtime
