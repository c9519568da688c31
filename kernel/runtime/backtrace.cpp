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

constexpr unsigned most_steps = 48;
constexpr unsigned deepest = 2000;

void print_step(TextSink& sink, Step const& step) noexcept {
    if (step.repeated != 0)
        format_to(sink, "    ... the same {} times more\n", step.repeated);
    else if (step.symbol.name.empty())
        format_to(sink, "#{} 0x{:016x}\n", step.number, step.address);
    else
        format_to(sink, "#{} 0x{:016x} {}+0x{:x}\n", step.number, step.address, step.symbol.name,
                  step.symbol.offset);
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

bool walk(unwind::Frame const& from, FunctionRef<void(Step const& step)> visit) noexcept {
    LoadedModules const modules;
    KernelMemory const memory;
    unwind::Frame frame = from;
    unsigned steps = 0;
    unsigned repeated = 0; // frames of recursion, shown as one
    u64 previous = 0;
    for (unsigned number = 0; number < deepest && steps < most_steps; ++number) {
        u64 const here = frame.registers[unwind::rip];
        if (number != 0 && here == previous) {
            ++repeated;
        } else {
            if (repeated != 0)
                visit({.number = number, .address = previous, .symbol = {}, .repeated = repeated});
            repeated = 0;
            // The name is that of the call, not of what follows it: a call may be a function's last
            // instruction.
            char buffer[unwind::SymbolTable::longest_name];
            auto symbol = symbolise(VirtAddr(frame.instruction()), buffer);
            symbol.offset += here - frame.instruction();
            visit({.number = number, .address = here, .symbol = symbol});
            ++steps;
        }
        previous = here;
        if (unwind::leave_nowhere(modules, memory, frame))
            continue;
        if (unwind::step(modules, memory, frame) != unwind::Step::stepped)
            return true;
    }
    return false;
}

void backtrace(unwind::Frame const& from, TextSink& sink) noexcept {
    if (!walk(from, [&](Step const& step) { print_step(sink, step); }))
        sink.write("    ... deeper frames are not shown\n");
}

__attribute__((noinline)) unwind::Frame current_frame() noexcept {
    unwind::Frame here;
    runtime_capture(&here.registers);
    unwind::step(LoadedModules(), KernelMemory(), here);
    return here;
}

} // namespace runtime
