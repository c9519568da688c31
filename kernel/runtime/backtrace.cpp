// Walks a stack for printing and looks functions up in the image's own table of names.
#include "kernel/runtime/backtrace.hpp"

#include "kernel/runtime/exception.hpp"
#include "kernel/runtime/modules.hpp"
#include "libs/unwind/symbol_table.hpp"

extern "C" {
extern std::byte const __text_start[], __text_end[];
extern std::byte const __kernel_symbols_start[], __kernel_symbols_end[];
}

namespace runtime {
namespace {

constexpr unsigned most_lines = 48;
constexpr unsigned deepest = 2000;

void print_frame(TextSink& sink, unsigned number, unwind::Frame const& frame) noexcept {
    // The name is that of the call, not of what follows it: a call may be a function's last
    // instruction.
    char buffer[unwind::SymbolTable::longest_name];
    u64 const shown = frame.registers[unwind::rip];
    auto const symbol = symbolise(VirtAddr(frame.instruction()), buffer);
    u64 const offset = symbol.offset + (shown - frame.instruction());
    if (symbol.name.empty())
        format_to(sink, "#{} 0x{:016x}\n", number, shown);
    else
        format_to(sink, "#{} 0x{:016x} {}+0x{:x}\n", number, shown, symbol.name, offset);
}

} // namespace

Symbol symbolise(VirtAddr at, std::span<char> buffer) noexcept {
    u64 const start = address_of(__text_start).value();
    if (at.value() < start || at >= address_of(__text_end))
        return {};
    unwind::SymbolTable const table(
        {__kernel_symbols_start,
         static_cast<usize>(__kernel_symbols_end - __kernel_symbols_start)});
    auto const offset = static_cast<u32>(at.value() - start);
    auto const index = table.find(offset);
    if (!index)
        return {};
    return {.name = table.name(*index, buffer), .offset = offset - table.start(*index)};
}

void backtrace(unwind::Frame const& from, TextSink& sink) noexcept {
    LoadedModules const modules;
    KernelMemory const memory;
    unwind::Frame frame = from;
    unsigned lines = 0;
    unsigned repeated = 0; // frames of recursion, shown as one line
    u64 previous = 0;
    for (unsigned number = 0; number < deepest && lines < most_lines; ++number) {
        u64 const here = frame.registers[unwind::rip];
        if (number != 0 && here == previous) {
            ++repeated;
        } else {
            if (repeated != 0)
                format_to(sink, "    ... the same {} times more\n", repeated);
            repeated = 0;
            print_frame(sink, number, frame);
            ++lines;
        }
        previous = here;
        if (unwind::leave_nowhere(modules, memory, frame))
            continue;
        if (unwind::step(modules, memory, frame) != unwind::Step::stepped)
            return;
    }
    sink.write("    ... deeper frames are not shown\n");
}

__attribute__((noinline)) unwind::Frame current_frame() noexcept {
    unwind::Frame here;
    runtime_capture(&here.registers);
    unwind::step(LoadedModules(), KernelMemory(), here);
    return here;
}

} // namespace runtime
