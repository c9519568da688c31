// `linnet bt`: where the tasks of a running machine are, from outside it.
#include "runner/backtrace.hpp"

#include "runner/failure.hpp"
#include "runner/guest_file.hpp"
#include "runner/guest_stack.hpp"
#include "runner/guest_tasks.hpp"
#include "runner/running.hpp"
#include "runner/text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace runner {
namespace {

/// A task's stack, or that of a CPU which runs none.
struct Stack {
    GuestTask task;
    std::vector<GuestFrame> frames;
};

struct Reading {
    std::vector<Stack> stacks;
    std::vector<std::string> problems;
};

/// Everything that needs the machine to stand.
Reading read_machine(BacktraceOptions const& options, RunningMachine const& which,
                     KernelImage const& kernel, Types const& types, ProgramLines& files) {
    using enum StoppedMachine::After;
    StoppedMachine machine(which.gdb_socket, options.leave_stopped ? stays : goes_on);
    GuestMemory const kernel_memory(machine, machine.cpus().front().page_table);
    auto [tasks, problems] = read_tasks(kernel, types, machine, kernel_memory);
    Reading reading{{}, std::move(problems)};
    bool const cpus = options.task == 0 && !options.all;
    if (cpus) {
        // CPU by CPU, also those that run nothing yet.
        std::vector<GuestTask> running;
        for (std::size_t cpu = 0; cpu < machine.cpus().size(); ++cpu) {
            auto const task = std::ranges::find(tasks, cpu, &GuestTask::cpu);
            running.push_back(task != tasks.end()
                                  ? *task
                                  : GuestTask{.cpu = cpu,
                                              .frame = {.registers = machine.cpus()[cpu].registers,
                                                        .interrupted = true}});
        }
        tasks = std::move(running);
    }
    for (auto& task : tasks) {
        if (!cpus && !options.all && task.process != options.task && task.thread != options.task)
            continue;
        auto frames =
            walk_guest_stack(task.frame, kernel, machine, task.page_table, task.program, files);
        reading.stacks.push_back({std::move(task), std::move(frames)});
    }
    return reading;
}

CodePlace place_of(GuestFrame const& frame, KernelImage const& kernel, ProgramLines& files) {
    if (!frame.user)
        return kernel.place(frame.instruction);
    return frame.image.empty() ? CodePlace() : files.place(frame.image, frame.in_image);
}

/// How far behind the instruction the frame goes on.
std::uint64_t behind(GuestFrame const& frame) {
    return frame.address - frame.instruction;
}

std::string title(GuestTask const& task) {
    std::string text = task.cpu ? fmt::format("CPU {}: ", *task.cpu) : "";
    if (task.address == 0)
        return text + "runs no task";
    text += task.name;
    if (task.process != 0)
        text += fmt::format("[{}]", task.process);
    if (task.thread != task.process)
        text += fmt::format(" thread {}", task.thread);
    if (task.process == 0)
        text += " (kernel thread)";
    return text + (task.cpu ? "" : ", " + task.state);
}

std::string as_text(Stack const& stack, KernelImage const& kernel, ProgramLines& files) {
    std::string text = title(stack.task) + "\n";
    unsigned number = 0;
    for (auto const& frame : stack.frames) {
        if (frame.repeated != 0) {
            text += fmt::format("    ... the same {} times more\n", frame.repeated);
            number += frame.repeated;
            continue;
        }
        auto const place = place_of(frame, kernel, files);
        auto const& functions = place.frames;
        auto const line_of = [](CodeFrame const& one) {
            return one.line != 0 ? fmt::format("  {}:{}", one.file, one.line) : std::string();
        };
        for (std::size_t i = 0; i + 1 < functions.size(); ++i)
            text += fmt::format("      {}{}\n", functions[i].function, line_of(functions[i]));
        text += fmt::format("#{} 0x{:016x}", number++, frame.address);
        if (!functions.empty() && !functions.back().function.empty())
            text +=
                fmt::format(" {}+0x{:x}", functions.back().function, place.offset + behind(frame));
        else if (!frame.image.empty())
            text += fmt::format(" {}+0x{:x}", frame.image, frame.in_image + behind(frame));
        if (!functions.empty())
            text += line_of(functions.back());
        if (!functions.empty() && frame.user)
            text += fmt::format("  ({})", frame.image);
        text += '\n';
    }
    return text;
}

/// The keys of the kernel's own reports (docs/manual/unwinding.md). The offset is one in the
/// function, or in the module if that is not known.
std::string as_json(GuestFrame const& frame, KernelImage const& kernel, ProgramLines& files) {
    if (frame.repeated != 0)
        return fmt::format(R"({{"repeated":{}}})", frame.repeated);
    std::string text = fmt::format(R"({{"address":"0x{:016x}")", frame.address);
    auto const place = place_of(frame, kernel, files);
    auto const source = [](CodeFrame const& one) {
        std::string members;
        if (!one.function.empty())
            members += fmt::format(R"(,"function":{})", json_text(one.function));
        if (one.line != 0)
            members += fmt::format(R"(,"file":{},"line":{})", json_text(one.file), one.line);
        return members;
    };
    if (!frame.image.empty())
        text += fmt::format(R"(,"module":{})", json_text(frame.image));
    if (!place.frames.empty())
        text += source(place.frames.back());
    if (!place.frames.empty() || !frame.image.empty())
        text += fmt::format(R"(,"offset":{})",
                            (place.frames.empty() ? frame.in_image : place.offset) + behind(frame));
    std::vector<std::string> inlined;
    for (std::size_t i = 0; i + 1 < place.frames.size(); ++i)
        inlined.push_back("{" + source(place.frames[i]).substr(1) + "}");
    if (!inlined.empty())
        text += fmt::format(R"(,"inlined":[{}])", fmt::join(inlined, ","));
    return text + "}";
}

std::string as_json(Stack const& stack, KernelImage const& kernel, ProgramLines& files) {
    auto const& task = stack.task;
    std::vector<std::string> members;
    if (task.cpu)
        members.push_back(fmt::format(R"("cpu":{})", *task.cpu));
    if (task.address != 0)
        members.push_back(fmt::format(R"("task":{{"pid":{},"tid":{},"name":{},"state":{}}})",
                                      task.process, task.thread, json_text(task.name),
                                      json_text(task.cpu ? "running" : task.state)));
    std::vector<std::string> frames;
    for (auto const& frame : stack.frames)
        frames.push_back(as_json(frame, kernel, files));
    members.push_back(fmt::format(R"("frames":[{}])", fmt::join(frames, ",")));
    return fmt::format("{{{}}}", fmt::join(members, ","));
}

} // namespace

std::string backtrace_text(BacktraceOptions const& options) {
    auto const machine = choose_machine(options.machine);
    if (machine.has_debugger && !options.leave_stopped)
        throw Failure("gdb has that machine", "in gdb: stack PID, or stack for what the CPUs run");
    KernelImage const kernel(machine.kernel);
    Types const types(kernel.debug_sections());
    auto const initramfs = read_file(machine.initramfs);
    ProgramLines files([&](std::string const& name) { return guest_file(initramfs, name); });
    auto const reading = read_machine(options, machine, kernel, types, files);
    for (auto const& problem : reading.problems)
        fmt::print(stderr, "linnet: {}\n", problem);
    if (reading.stacks.empty())
        throw Failure(fmt::format("there is no task {}", options.task), "./linnet bt --all");
    std::vector<std::string> stacks;
    for (auto const& stack : reading.stacks)
        stacks.push_back(options.json ? as_json(stack, kernel, files)
                                      : as_text(stack, kernel, files));
    return options.json ? fmt::format("{{\"machine\":{},\"stacks\":[{}]}}\n", machine.runner,
                                      fmt::join(stacks, ","))
                        : fmt::format("{}", fmt::join(stacks, "\n"));
}

int backtrace(BacktraceOptions const& options) {
    fmt::print("{}", backtrace_text(options));
    return 0;
}

} // namespace runner
