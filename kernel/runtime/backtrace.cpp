// Walks a stack for printing and looks functions up in the image's own table of names.
#include "kernel/runtime/backtrace.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/user_copy.hpp"
#include "kernel/runtime/exception.hpp"
#include "kernel/runtime/hooks.hpp"
#include "kernel/runtime/modules.hpp"
#include "libs/unwind/line_table.hpp"
#include "libs/unwind/remote.hpp"
#include "libs/unwind/symbol_table.hpp"

extern "C" {
extern std::byte const __text_start[], __text_end[];
extern std::byte const __kernel_symbols_start[], __kernel_symbols_end[];
extern std::byte const __kernel_lines_start[], __kernel_lines_end[];
}

namespace runtime {
namespace {

constexpr unsigned most_steps = 48;
constexpr unsigned deepest = 2000;

unwind::SymbolTable symbols() noexcept {
    return unwind::SymbolTable({__kernel_symbols_start, __kernel_symbols_end});
}

/// An address as an offset into the text; nothing when it lies elsewhere.
std::optional<u32> text_offset(VirtAddr at) noexcept {
    if (at < address_of(__text_start) || at >= address_of(__text_end))
        return std::nullopt;
    return static_cast<u32>(at - address_of(__text_start));
}

void print_step(TextSink& sink, Step const& step) noexcept {
    if (step.repeated != 0) {
        format_to(sink, "    ... the same {} times more\n", step.repeated);
        return;
    }
    auto const print_frame = [&] {
        format_to(sink, "#{} 0x{:016x}", step.number, step.address);
        if (!step.symbol.name.empty())
            format_to(sink, " {}+0x{:x}", step.symbol.name, step.symbol.offset);
    };
    bool printed = false;
    source_lines(step.instruction, [&](SourceLine const& source) {
        if (source.function.empty()) {
            print_frame();
            printed = true;
        } else {
            format_to(sink, "      {}", source.function);
        }
        if (source.line != 0)
            format_to(sink, "  {}:{}", source.file, source.line);
        sink.write("\n");
    });
    if (!printed) {
        print_frame();
        sink.write("\n");
    }
}

} // namespace

Symbol symbolise(VirtAddr at, std::span<char> buffer) noexcept {
    auto const table = symbols();
    auto const offset = text_offset(at);
    auto const index = offset ? table.find(*offset) : std::nullopt;
    if (!index)
        return {};
    return {.name = table.name(*index, buffer), .offset = *offset - table.start(*index)};
}

void source_lines(VirtAddr instruction, FunctionRef<void(SourceLine const&)> visit) noexcept {
    auto const offset = text_offset(instruction);
    if (!offset)
        return;
    unwind::LineTable const table({__kernel_lines_start, __kernel_lines_end});
    auto const names = symbols();
    unwind::LineTable::Frame frames[unwind::LineTable::deepest];
    usize const count = table.find(*offset, frames);
    for (usize i = 0; i < count; ++i) {
        char function[unwind::SymbolTable::longest_name];
        char file[unwind::SymbolTable::longest_name];
        bool const inlined = i + 1 != count;
        visit({.function = inlined ? names.name(frames[i].name, function) : std::string_view(),
               .file = names.name(table.file_name(frames[i]), file),
               .line = frames[i].line});
    }
}

namespace {

/// The running program's.
class UserMemory final : public dwarf::Memory {
public:
    explicit UserMemory(Absent absent) noexcept : absent_(absent) {}

    bool read(u64 at, Bytes into) const noexcept override {
        if (absent_ == Absent::fetch)
            return arch::copy_from_user(into, UserAddr(at)) == into.size();
        arch::FaultsOff const off;
        return arch::copy_from_user(into, UserAddr(at)) == into.size();
    }

private:
    Absent absent_;
};

/// The part of a walk that goes through a program. True when it was all.
bool walk_user(unwind::Frame frame, unsigned number, FunctionRef<void(Step const& step)> visit,
               Absent absent) noexcept {
    UserMemory const memory(absent);
    std::optional<unwind::RemoteImage> image;
    char buffer[40];
    for (unsigned end = number + most_steps; number < end; ++number) {
        u64 const here = frame.registers[unwind::rip];
        image = unwind::find_image(memory, frame.instruction());
        std::string_view name;
        if (image)
            name = unwind::image_name(memory, *image, buffer);
        if (image && name.empty())
            name = thread_name(); // an image without a name of its own is the program
        visit({.number = number,
               .address = here,
               .instruction = {},
               .symbol = {.name = name, .offset = image ? here - image->bias : 0},
               .user = true});
        if (unwind::step_remote(memory, image, frame) != unwind::Step::stepped)
            return true;
    }
    return false;
}

/// A wild jump of the kernel may lead there, too, but leaves it on its stack.
bool in_program(unwind::Frame const& frame) noexcept {
    return UserAddr(frame.registers[unwind::rip]) < arch::user_end &&
           UserAddr(frame.registers[unwind::rsp]) < arch::user_end && frame.interrupted &&
           arch::current_thread() != nullptr;
}

} // namespace

bool walk(unwind::Frame const& from, FunctionRef<void(Step const& step)> visit,
          Absent absent) noexcept {
    LoadedModules const modules;
    KernelMemory const memory;
    unwind::Frame frame = from;
    unsigned steps = 0;
    unsigned repeated = 0; // frames of recursion, shown as one
    u64 previous = 0;
    for (unsigned number = 0; number < deepest && steps < most_steps; ++number) {
        u64 const here = frame.registers[unwind::rip];
        if (in_program(frame))
            return walk_user(frame, number, visit, absent);
        if (number != 0 && here == previous) {
            ++repeated;
        } else {
            if (repeated != 0)
                visit({.number = number,
                       .address = previous,
                       .instruction = {},
                       .symbol = {},
                       .repeated = repeated});
            repeated = 0;
            // The name is that of the call, not of what follows it: a call may be a function's last
            // instruction.
            char buffer[unwind::SymbolTable::longest_name];
            VirtAddr const instruction(frame.instruction());
            auto symbol = symbolise(instruction, buffer);
            symbol.offset += here - frame.instruction();
            visit(
                {.number = number, .address = here, .instruction = instruction, .symbol = symbol});
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

void backtrace(unwind::Frame const& from, TextSink& sink, Absent absent) noexcept {
    if (!walk(from, [&](Step const& step) { print_step(sink, step); }, absent))
        sink.write("    ... deeper frames are not shown\n");
}

__attribute__((noinline)) unwind::Frame current_frame() noexcept {
    unwind::Frame here;
    runtime_capture(&here.registers);
    unwind::step(LoadedModules(), KernelMemory(), here);
    return here;
}

} // namespace runtime
