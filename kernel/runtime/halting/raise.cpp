// The unwinder of a kernel built with LINNET_UNWIND=OFF: whatever is thrown halts, with the usual
// report.
#include "kernel/runtime/exception.hpp"
#include "kernel/runtime/hooks.hpp"
#include "kernel/runtime/throw.hpp"

namespace runtime {
namespace {

[[noreturn]] void halt(_Unwind_Exception& thrown, unwind::Frame const& from) noexcept {
    Exception* const exception = Exception::of(&thrown);
    KernelBug const* const bug = exception != nullptr ? exception->bug() : nullptr;
    halt_with_report(bug != nullptr ? "a bug, in a kernel that does not unwind"
                                    : "an exception, in a kernel that does not unwind",
                     bug, from);
}

} // namespace

void raise(Exception& thrown, unwind::Frame const& from) noexcept {
    halt(thrown.unwind, from);
}

_Unwind_Reason_Code raise_foreign(_Unwind_Exception& thrown, unwind::Frame const& from) noexcept {
    halt(thrown, from);
}

void raise_past_noexcept(_Unwind_Exception& thrown, unwind::Frame const& from) noexcept {
    halt(thrown, from);
}

void continue_unwinding(_Unwind_Exception& thrown, unwind::Frame const& from) noexcept {
    halt(thrown, from);
}

_Unwind_Reason_Code continue_forced(_Unwind_Exception& thrown, unwind::Frame const& from) noexcept {
    halt(thrown, from);
}

void throw_from_fault(unwind::Registers const& registers, KernelBug const& bug) noexcept {
    unwind::Frame const from{.registers = registers, .interrupted = true};
    note_fault(bug, from);
    halt_with_report("a bug, in a kernel that does not unwind", &bug, from);
}

} // namespace runtime
