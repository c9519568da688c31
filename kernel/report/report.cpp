// Reports bugs: those that are contained go to the log, the others also stop the machine.
#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/log/log.hpp"
#include "kernel/report/options.hpp"
#include "kernel/runtime/backtrace.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/runtime/hooks.hpp"
#include "libs/base/atomic.hpp"

#include <iterator>

namespace report {
namespace {

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
        klog::write(level_, {line_, size_});
        size_ = 0;
    }

private:
    klog::Level level_;
    char line_[klog::line_limit];
    usize size_ = 0;
};

void describe(klog::Level level, KernelBug const& bug) noexcept {
    LogSink sink(level);
    if (bug.address != 0)
        format_to(sink, "BUG: {} at {:x} (instruction {:x})\n", bug.what, bug.address,
                  bug.instruction);
    else if (bug.where.line() != 0)
        format_to(sink, "BUG: {} ({}:{})\n", bug.what, bug.where.file_name(), bug.where.line());
    else
        format_to(sink, "BUG: {} (instruction {:x})\n", bug.what, bug.instruction);
}

void log_backtrace(klog::Level level, unwind::Frame const& from) noexcept {
    LogSink sink(level);
    runtime::backtrace(from, sink);
}

void log_registers(klog::Level level, unwind::Registers const& registers) noexcept {
    using namespace unwind;

    struct Named {
        char const* name;
        Register number;
    };

    static constexpr Named order[] = {{"rax", rax}, {"rbx", rbx}, {"rcx", rcx}, {"rdx", rdx},
                                      {"rsi", rsi}, {"rdi", rdi}, {"rbp", rbp}, {"rsp", rsp},
                                      {"r8", r8},   {"r9", r9},   {"r10", r10}, {"r11", r11},
                                      {"r12", r12}, {"r13", r13}, {"r14", r14}, {"r15", r15}};
    LogSink sink(level);
    for (usize i = 0; i < std::size(order); ++i)
        format_to(sink, "{} {:016x}{}", order[i].name, registers[order[i].number],
                  i % 4 == 3 ? "\n" : "  ");
}

/// Everything known about a bug: what, where, and for a CPU fault the registers.
void describe_fully(klog::Level level, KernelBug const& bug, unwind::Frame const& where) noexcept {
    describe(level, bug);
    if (where.interrupted)
        log_registers(level, where.registers);
    log_backtrace(level, where);
}

void note(KernelBug const& bug, unwind::Frame const& where) noexcept {
    u32& depth = runtime::eh_state().reporting;
    if (depth == 2)
        runtime::halt_with_report("bugs while reporting bugs", &bug, where);
    ++depth;
    describe_fully(klog::Level::error, bug, where);
    --depth;
}

constinit Atomic<u32> halting{0};
constinit PanicOptions panic_options;

/// The end: the runner is told, the emulator's exit status says so too, then what panic= asks for.
[[noreturn]] void stop(char const* why) noexcept {
    constexpr u8 panic_status = 0x11;
    char buffer[160];
    BufferSink line(buffer);
    format_to(line, "panic {}", why);
    arch::report_write(line.text());
    arch::exit_emulator(panic_status);
    if (panic_options.reboot)
        arch::reboot();
    arch::halt();
}

/// Only the first CPU reports; one that fails while it reports just stops.
void begin_halt() noexcept {
    arch::disable_interrupts();
    if (halting.fetch_add(1) != 0) {
        arch::early_write("\nanother failure while reporting the first\n");
        stop("failed while reporting a failure");
    }
    klog::panic_mode();
    arch::stop_other_cpus();
}

} // namespace

void set_panic_options(PanicOptions options) noexcept {
    panic_options = options;
}

} // namespace report

void note_bug(KernelBug const& bug) noexcept {
    report::note(bug, runtime::current_frame());
}

void runtime::note_fault(KernelBug const& bug, unwind::Frame const& where) noexcept {
    report::note(bug, where);
}

void runtime::halt_with_report(char const* why, KernelBug const* bug,
                               unwind::Frame const& where) noexcept {
    report::begin_halt();
    klog::emergency("kernel panic: {}", why);
    if (bug != nullptr)
        report::describe_fully(klog::Level::emergency, *bug, where);
    else
        report::log_backtrace(klog::Level::emergency, where);
    report::stop(why);
}

void upcall::fatal(char const* what, void const*) noexcept {
    report::begin_halt();
    klog::emergency("kernel panic: {}", what);
    report::log_backtrace(klog::Level::emergency, runtime::current_frame());
    report::stop(what);
}
