// The two phases of the Itanium C++ ABI (Level I): search for a handler, then unwind to it.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/runtime/abi.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/runtime/hooks.hpp"
#include "kernel/runtime/throw.hpp"
#include "kernel/runtime/walk.hpp"

#include <new>

namespace runtime {
namespace {

using unwind::Frame;

constexpr char const* left_noexcept = "an exception left a noexcept function";

enum class Found { handler, nobody, refused };

KernelBug const* bug_of(_Unwind_Exception& thrown) noexcept {
    Exception* const exception = Exception::of(&thrown);
    return exception != nullptr ? exception->bug() : nullptr;
}

/// Phase 1. Nothing on the stack has changed when it returns. Vital code is left only for a
/// handler in vital code, which knows how to put right what was half done.
Found search(_Unwind_Exception& thrown, Frame const& from) noexcept {
    // Safe because the addresses are only compared.
    u64 const own[] = {reinterpret_cast<u64>(&raise), reinterpret_cast<u64>(&raise_foreign),
                       reinterpret_cast<u64>(&continue_unwinding),
                       reinterpret_cast<u64>(&continue_forced)};
    bool left_vital = false;
    for (Walk walk(from); walk.at_frame(); walk.to_caller()) {
        for (u64 const function : own)
            if (walk.is_function(function))
                halt_with_report("a fault inside the unwinder", bug_of(thrown), from);
        bool const vital = is_vital(walk.instruction());
        auto const answer = walk.ask(_UA_SEARCH_PHASE, thrown);
        left_vital = left_vital || vital;
        if (left_vital && !vital && answer == _URC_HANDLER_FOUND)
            halt_with_report("a bug in vital code", bug_of(thrown), from);
        if (answer == _URC_HANDLER_FOUND) {
            thrown.private_2 = walk.cfa();
            return Found::handler;
        }
        if (answer != _URC_CONTINUE_UNWIND)
            return Found::refused;
        if (walk.is_trap() && arch::in_interrupt())
            break; // whoever was interrupted has nothing to do with it
    }
    return Found::nobody;
}

/// An exception that may not go on becomes a bug, which is contained like any other.
[[noreturn]] void raise_as_bug(_Unwind_Exception& thrown, char const* what,
                               Frame const& from) noexcept {
    call_terminate_handler();
    KernelBug const bug{.what = what, .where = {}, .instruction = from.registers[unwind::rip]};
    note_fault(bug, from);
    if (Exception* const exception = Exception::of(&thrown)) {
        end_throw(*exception);
        if (exception->handlers < 0)
            exception->handlers = -exception->handlers; // its handlers' cleanups let go of it
        else
            destroy(*exception);
    }
    void* const object = __cxa_allocate_exception(sizeof(KernelBug));
    Exception& fresh = Exception::of_object(::new (object) KernelBug(bug));
    name_object(fresh, typeid(KernelBug), nullptr);
    begin_throw(fresh);
    raise(fresh, from);
}

} // namespace

void raise(Exception& thrown, Frame const& from) noexcept {
    switch (search(thrown.unwind, from)) {
    case Found::handler:
        if (thrown.is_bug && vital_lock_held(from.registers[unwind::rsp], thrown.unwind.private_2))
            halt_with_report("a bug in the middle of a change to what everybody needs",
                             thrown.bug(), from);
        continue_unwinding(thrown.unwind, from);
    case Found::refused:
        if (!thrown.is_bug)
            raise_as_bug(thrown.unwind, left_noexcept, from);
        halt_with_report("the exception tables are damaged", thrown.bug(), from);
    case Found::nobody:
        break;
    }
    if (!thrown.is_bug)
        raise_as_bug(thrown.unwind, "an exception that nobody catches", from);
    halt_with_report("a bug outside every place of containment", thrown.bug(), from);
}

_Unwind_Reason_Code raise_foreign(_Unwind_Exception& thrown, Frame const& from) noexcept {
    switch (search(thrown, from)) {
    case Found::handler:
        continue_unwinding(thrown, from);
    case Found::refused:
        raise_as_bug(thrown, left_noexcept, from);
    case Found::nobody:
        break;
    }
    return _URC_END_OF_STACK;
}

void raise_past_noexcept(_Unwind_Exception& thrown, Frame const& from) noexcept {
    Exception* const exception = Exception::of(&thrown);
    if (exception != nullptr && exception->is_bug)
        raise(*exception, from);
    raise_as_bug(thrown, left_noexcept, from);
}

/// Phase 2.
void continue_unwinding(_Unwind_Exception& thrown, Frame const& from) noexcept {
    Exception* const exception = Exception::of(&thrown);
    for (Walk walk(from); walk.at_frame(); walk.to_caller()) {
        bool const is_handler = walk.cfa() == thrown.private_2;
        auto const actions = _UA_CLEANUP_PHASE | (is_handler ? _UA_HANDLER_FRAME : 0);
        if (exception != nullptr)
            exception->landing_cfa = walk.cfa();
        auto const answer = walk.ask(actions, thrown);
        if (answer == _URC_INSTALL_CONTEXT)
            runtime_resume(&walk.registers());
        if (answer != _URC_CONTINUE_UNWIND || is_handler)
            break;
        if (exception != nullptr && exception->is_bug)
            frame_left(walk.registers()[unwind::rsp], walk.cfa());
    }
    halt_with_report("unwinding lost its way", bug_of(thrown), from);
}

_Unwind_Reason_Code continue_forced(_Unwind_Exception& thrown, Frame const& from) noexcept {
    // Safe because _Unwind_ForcedUnwind() stored both.
    auto const stop = reinterpret_cast<_Unwind_Stop_Fn>(thrown.private_1);
    auto* const argument = reinterpret_cast<void*>(thrown.private_2);
    for (Walk walk(from);; walk.to_caller()) {
        bool const ends = !walk.at_frame();
        auto const actions = _UA_FORCE_UNWIND | _UA_CLEANUP_PHASE;
        if (stop(1, actions | (ends ? _UA_END_OF_STACK : 0), thrown.exception_class, &thrown,
                 &walk.context(), argument) != _URC_NO_REASON)
            return _URC_FATAL_PHASE2_ERROR;
        if (ends)
            return _URC_END_OF_STACK;
        auto const answer = walk.ask(actions, thrown);
        if (answer == _URC_INSTALL_CONTEXT)
            runtime_resume(&walk.registers());
        if (answer != _URC_CONTINUE_UNWIND)
            raise_as_bug(thrown, left_noexcept, walk.context().frame);
    }
}

void throw_from_fault(unwind::Registers const& registers, KernelBug const& bug) noexcept {
    Frame from{.registers = registers, .interrupted = true};
    note_fault(bug, from);
    void* const object = __cxa_allocate_exception(sizeof(KernelBug));
    Exception& thrown = Exception::of_object(::new (object) KernelBug(bug));
    name_object(thrown, typeid(KernelBug), nullptr);
    begin_throw(thrown);
    unwind::leave_nowhere(LoadedModules(), KernelMemory(), from);
    raise(thrown, from);
}

} // namespace runtime
