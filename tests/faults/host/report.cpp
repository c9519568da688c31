// Reports of bugs, and the end of the machine, in a kernel that is a host process: kernel/report in
// short.
#include "tests/faults/host/report.hpp"

#include "kernel/arch/api/upcalls.hpp"
#include "kernel/log/log.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/runtime/hooks.hpp"
#include "kernel/runtime/text.hpp"
#include "kernel/runtime/walk.hpp"

namespace {

bool halts_on_any_bug = false;
bool halting = false;

void describe(klog::Level level, KernelBug const& bug) {
    char text[klog::line_limit];
    BufferSink sink(text);
    if (bug.address != 0)
        format_to(sink, "BUG: {} at {:x} (instruction {:x})", bug.what, bug.address,
                  bug.instruction);
    else if (bug.where.line() != 0)
        format_to(sink, "BUG: {} ({}:{})", bug.what, bug.where.file_name(), bug.where.line());
    else
        format_to(sink, "BUG: {} (instruction {:x})", bug.what, bug.instruction);
    klog::log(level, "{}", sink.text());
}

/// The campaign names the addresses.
void log_stack(klog::Level level, unwind::Frame const& from) noexcept {
    constexpr unsigned most = 30;
    runtime::Walk walk(from);
    for (unsigned i = 0; i < most && walk.at_frame(); ++i, walk.to_caller())
        klog::log(level, "#{} 0x{:x}", i, walk.instruction());
}

void note(KernelBug const& bug, unwind::Frame const& where) noexcept {
    if (halts_on_any_bug)
        runtime::halt_with_report("a bug, and oops=panic", &bug, where);
    runtime::EhState& state = runtime::eh_state();
    if (state.unreported != 0)
        return;
    if (state.reporting == 2)
        runtime::halt_with_report("bugs while reporting bugs", &bug, where);
    ++state.reporting;
    describe(klog::Level::error, bug);
    log_stack(klog::Level::error, where);
    --state.reporting;
}

} // namespace

void faults::host::halt_on_any_bug() noexcept {
    halts_on_any_bug = true;
}

void note_bug(KernelBug const& bug) noexcept {
    runtime::mend_text(runtime::calling_frame());
    note(bug, runtime::calling_frame());
}

void runtime::note_fault(KernelBug const& bug, unwind::Frame const& where) noexcept {
    note(bug, where);
}

void runtime::halt_with_report(char const* why, KernelBug const* bug,
                               unwind::Frame const& where) noexcept {
    if (std::exchange(halting, true))
        faults::host::end_machine();
    klog::panic_mode();
    klog::emergency("kernel panic: {reason}", why);
    if (bug != nullptr)
        describe(klog::Level::emergency, *bug);
    log_stack(klog::Level::emergency, where);
    faults::host::end_machine();
}

void upcall::fatal(char const* what, void const*) noexcept {
    runtime::halt_with_report(what, nullptr, runtime::calling_frame());
}
