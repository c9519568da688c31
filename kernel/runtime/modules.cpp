// Finds the kernel's unwind tables by the linker script's symbols.
#include "kernel/runtime/modules.hpp"
#include "libs/base/address.hpp"

extern "C" {
extern std::byte const __text_start[], __text_end[];
extern std::byte const __vital_start[], __vital_end[];
extern std::byte const __eh_frame_hdr_start[], __eh_frame_hdr_end[];
extern std::byte const __eh_frame_start[], __eh_frame_end[];
extern std::byte const __gcc_except_table_start[], __gcc_except_table_end[];
}

namespace runtime {
namespace {

dwarf::Region section(std::byte const* start, std::byte const* end) noexcept {
    return {address_of(start).value(), {start, static_cast<usize>(end - start)}};
}

} // namespace

LoadedModules::LoadedModules() noexcept
    : list_{unwind::Module{.text_start = address_of(__text_start).value(),
                           .text_end = address_of(__text_end).value(),
                           .tables = {.header = section(__eh_frame_hdr_start, __eh_frame_hdr_end),
                                      .frames = section(__eh_frame_start, __eh_frame_end)},
                           .lsda = section(__gcc_except_table_start, __gcc_except_table_end)}} {}

bool is_vital(u64 instruction) noexcept {
    return instruction >= address_of(__vital_start).value() &&
           instruction < address_of(__vital_end).value();
}

} // namespace runtime
