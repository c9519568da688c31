// Reports bugs: those that are contained go to the log, the others also stop the machine.
#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/log/log.hpp"
#include "kernel/report/options.hpp"
#include "kernel/runtime/backtrace.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/runtime/hooks.hpp"
#include "kernel/runtime/text.hpp"
#include "libs/base/atomic.hpp"
#include "libs/json/builder.hpp"

#include <algorithm>
#include <iterator>

namespace report {
namespace {

constexpr klog::Site here(char const* file = __builtin_FILE(), u32 line = __builtin_LINE()) {
    return {file, line};
}

/// Collects pieces of text and logs them by whole lines.
class LogSink final : public TextSink {
public:
    explicit LogSink(klog::Level level) noexcept : level_(level) {}

    void write(std::string_view text) override {
        for (char const character : text) {
            if (character == '\n')
                flush();
            else if (size_ < sizeof line_)
                line_[size_++] = character;
        }
    }

    void flush() noexcept {
        klog::write(level_, here(), {line_, size_});
        size_ = 0;
    }

private:
    klog::Level level_;
    char line_[klog::line_limit];
    usize size_ = 0;
};

struct NamedRegister {
    char const* name;
    unwind::Register number;
};

constexpr NamedRegister register_order[] = {
    {"rax", unwind::rax}, {"rbx", unwind::rbx}, {"rcx", unwind::rcx}, {"rdx", unwind::rdx},
    {"rsi", unwind::rsi}, {"rdi", unwind::rdi}, {"rbp", unwind::rbp}, {"rsp", unwind::rsp},
    {"r8", unwind::r8},   {"r9", unwind::r9},   {"r10", unwind::r10}, {"r11", unwind::r11},
    {"r12", unwind::r12}, {"r13", unwind::r13}, {"r14", unwind::r14}, {"r15", unwind::r15}};

/// A report as members of a JSON object. Its memory is static, since a report may have little
/// stack; one report at a time has it.
class Details {
public:
    Details() noexcept {
        // Another CPU is done with it soon, or was stopped in the middle of it.
        for (u32 turns = 0; taken_.exchange(true) && turns < patience; ++turns)
            arch::relax();
    }

    Details(Details const&) = delete;
    Details& operator=(Details const&) = delete;

    ~Details() { taken_.store(false); }

    void add(KernelBug const& bug) noexcept {
        members_.text("bug", bug.what);
        if (bug.where.line() != 0)
            members_.text("file", bug.where.file_name()).number("line", bug.where.line());
        if (bug.instruction != 0)
            members_.address("instruction", bug.instruction);
        if (bug.address != 0)
            members_.address("address", bug.address);
    }

    void add_reason(char const* why) noexcept { members_.text("reason", why); }

    void add(unwind::Registers const& registers) noexcept {
        members_.open('{', "registers");
        for (auto const& one : register_order)
            members_.address(one.name, registers[one.number]);
        members_.close();
    }

    void add_frames(unwind::Frame const& from) noexcept {
        members_.open('[', "frames");
        runtime::walk(from, [&](runtime::Step const& step) {
            members_.open('{').address("address", step.address);
            if (!step.symbol.name.empty())
                members_.text(step.user ? "module" : "function", step.symbol.name)
                    .number("offset", step.symbol.offset);
            add_lines(step.instruction);
            if (step.repeated != 0)
                members_.number("repeated", step.repeated);
            members_.close();
        });
        members_.close();
    }

    std::string_view view() const noexcept { return members_.view(); }

private:
    /// "inlined": functions with their file and line, innermost first; then those of the frame.
    void add_lines(VirtAddr instruction) noexcept {
        bool inlined = false;
        runtime::source_lines(instruction, [&](runtime::SourceLine const& source) {
            bool const outermost = source.function.empty();
            if (!outermost && !inlined)
                members_.open('[', "inlined");
            if (outermost && inlined)
                members_.close();
            inlined = !outermost;
            if (inlined)
                members_.open('{').text("function", source.function);
            if (source.line != 0)
                members_.text("file", source.file).number("line", source.line);
            if (inlined)
                members_.close();
        });
    }

    static constexpr u32 patience = 1'000'000;
    arch::InterruptsOff const off_;
    static constinit Atomic<bool> taken_;
    static char memory_[klog::Ring::longest_data];
    json::Builder members_{memory_};
};

constinit Atomic<bool> Details::taken_{false};
char Details::memory_[klog::Ring::longest_data];

/// What happened, in a line, and for machines where.
void log_bug(klog::Level level, KernelBug const& bug, unwind::Frame const& where) noexcept {
    char text[klog::line_limit];
    BufferSink sink(text);
    if (bug.address != 0)
        format_to(sink, "BUG: {} at {:x} (instruction {:x})", bug.what, bug.address,
                  bug.instruction);
    else if (bug.where.line() != 0)
        format_to(sink, "BUG: {} ({}:{})", bug.what, bug.where.file_name(), bug.where.line());
    else
        format_to(sink, "BUG: {} (instruction {:x})", bug.what, bug.instruction);
    Details details;
    details.add(bug);
    if (where.interrupted)
        details.add(where.registers);
    details.add_frames(where);
    klog::write(level, here(), sink.text(), details.view());
}

void log_backtrace(klog::Level level, unwind::Frame const& from) noexcept {
    LogSink sink(level);
    runtime::backtrace(from, sink);
}

void describe_cpu(klog::Level level, usize cpu, arch::CaughtCpu const& caught) noexcept {
    unwind::Frame where{.registers = {}, .interrupted = true};
    std::ranges::copy(caught.registers, where.registers.values.begin());
    if (caught.in_program) {
        klog::log(level, "CPU {cpu} ran a program, at {instruction:x}", cpu,
                  where.registers[unwind::rip]);
        return;
    }
    klog::log(level, "CPU {cpu} was at", cpu);
    log_backtrace(level, where);
}

void log_registers(klog::Level level, unwind::Registers const& registers) noexcept {
    LogSink sink(level);
    for (usize i = 0; i < std::size(register_order); ++i)
        format_to(sink, "{} {:016x}{}", register_order[i].name, registers[register_order[i].number],
                  i % 4 == 3 ? "\n" : "  ");
}

/// Everything known about a bug: what, where, and for a CPU fault the registers.
void describe_fully(klog::Level level, KernelBug const& bug, unwind::Frame const& where) noexcept {
    log_bug(level, bug, where);
    if (where.interrupted)
        log_registers(level, where.registers);
    log_backtrace(level, where);
}

void panic_without_bug(char const* why, unwind::Frame const& where) noexcept {
    char text[klog::line_limit];
    BufferSink sink(text);
    format_to(sink, "kernel panic: {}", why);
    {
        Details details;
        details.add_reason(why);
        details.add_frames(where);
        klog::write(klog::Level::emergency, here(), sink.text(), details.view());
    }
    log_backtrace(klog::Level::emergency, where);
}

constinit PanicOptions panic_options;

constinit Atomic<u32> halting_cpu{0}; ///< its index + 1; the only one that reports
constinit Atomic<u32> failures_while_halting{0};

/// The end: the runner is told, the emulator's exit status says so too, then what panic= asks for.
[[noreturn]] void stop(char const* why) noexcept {
    constexpr u8 panic_status = 0x11;
    char buffer[160];
    BufferSink line(buffer);
    format_to(line, "panic {}", why);
    arch::report_write(line.text());
    arch::exit_emulator(panic_status);
    i64 const seconds = panic_options.reboot_after;
    if (seconds == 0)
        arch::halt();
    for (auto const end = arch::now() + Nanoseconds::seconds(seconds); arch::now() < end;)
        arch::relax();
    arch::reboot();
}

class EarlySink final : public TextSink {
public:
    void write(std::string_view text) override { arch::early_write(text); }
};

bool halts_here() noexcept {
    return halting_cpu.load() == arch::cpu_index() + 1;
}

/// A failure while this CPU reports one: says what it can without the log, and less each time.
[[noreturn]] void fail_again(char const* what, unwind::Frame const& where) noexcept {
    u32 const times = failures_while_halting.fetch_add(1);
    if (times == 0) {
        EarlySink sink;
        format_to(sink, "\nanother failure while reporting the first: {} (instruction {:x})\n",
                  what, where.registers[unwind::rip]);
        runtime::backtrace(where, sink);
    } else if (times == 1) {
        arch::early_write("\nand one while reporting that\n");
    }
    stop("failed while reporting a failure");
}

/// Only the first CPU reports.
void begin_halt(char const* what, unwind::Frame const& where) noexcept {
    arch::disable_interrupts();
    u32 nobody = 0;
    if (!halting_cpu.compare_exchange(nobody, static_cast<u32>(arch::cpu_index() + 1))) {
        if (halts_here())
            fail_again(what, where);
        arch::halt();
    }
    klog::panic_mode();
    arch::stop_other_cpus();
}

/// What the others were at when they were stopped.
void describe_other_cpus() noexcept {
    for (usize cpu = 0; cpu < arch::cpu_count(); ++cpu) {
        if (cpu == arch::cpu_index())
            continue;
        auto const* const caught = arch::stopped_cpu(cpu);
        if (caught == nullptr)
            klog::emergency("CPU {cpu} does not answer", cpu);
        else
            describe_cpu(klog::Level::emergency, cpu, *caught);
    }
}

void note(KernelBug const& bug, unwind::Frame const& where) noexcept {
    if (panic_options.on_any_bug)
        runtime::halt_with_report("a bug, and oops=panic", &bug, where);
    if (halts_here())
        fail_again(bug.what, where);
    runtime::EhState& state = runtime::eh_state();
    if (state.unreported != 0)
        return;
    u32& depth = state.reporting;
    if (depth == 2)
        runtime::halt_with_report("bugs while reporting bugs", &bug, where);
    ++depth;
    describe_fully(klog::Level::error, bug, where);
    --depth;
}

} // namespace

void set_panic_options(PanicOptions options) noexcept {
    panic_options = options;
}

void describe_stall(usize stuck) noexcept {
    constexpr auto level = klog::Level::error;
    klog::log(level, "BUG: CPU {cpu} makes no progress, with preemption off", stuck);
    arch::CatchingCpus const catching;
    for (usize i = 0; i < arch::cpu_count(); ++i) {
        usize const cpu = (stuck + i) % arch::cpu_count(); // it comes first
        if (cpu == arch::cpu_index()) {
            klog::log(level, "CPU {cpu} is at", cpu);
            log_backtrace(level, runtime::current_frame());
        } else if (auto const* const caught = arch::hold_cpu(cpu)) {
            describe_cpu(level, cpu, *caught);
            arch::let_go_of_cpu(cpu);
        } else {
            klog::log(level, "CPU {cpu} does not answer", cpu);
        }
    }
}

} // namespace report

void note_bug(KernelBug const& bug) noexcept {
    runtime::mend_text(runtime::current_frame());
    report::note(bug, runtime::current_frame());
}

void runtime::note_fault(KernelBug const& bug, unwind::Frame const& where) noexcept {
    report::note(bug, where);
}

void runtime::halt_with_report(char const* why, KernelBug const* bug,
                               unwind::Frame const& where) noexcept {
    report::begin_halt(bug != nullptr ? bug->what : why, where);
    if (bug != nullptr) {
        klog::emergency("kernel panic: {reason}", why);
        report::describe_fully(klog::Level::emergency, *bug, where);
    } else {
        report::panic_without_bug(why, where);
    }
    report::describe_other_cpus();
    report::stop(why);
}

void upcall::fatal(char const* what, void const*) noexcept {
    auto const here = runtime::current_frame();
    report::begin_halt(what, here);
    report::panic_without_bug(what, here);
    report::describe_other_cpus();
    report::stop(what);
}
