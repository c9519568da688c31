// The two phases of the Itanium C++ ABI (Level I): search for a handler, then unwind to it.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/runtime/abi.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/runtime/exception.hpp"
#include "kernel/runtime/hooks.hpp"
#include "kernel/runtime/modules.hpp"
#include "kernel/runtime/throw.hpp"
#include "libs/base/address.hpp"

#include <new>

namespace runtime {
namespace {

using unwind::Frame;
using unwind::Step;

/// A stack that is deeper runs in a circle.
constexpr unsigned frame_limit = 10'000;

constexpr char const* left_noexcept = "an exception left a noexcept function";

enum class Found { handler, nobody, refused };

using Personality = decltype(&__gxx_personality_v0);

/// Visits frames from the throw outwards.
class Walk {
public:
    explicit Walk(Frame const& from) noexcept {
        context_.frame = from;
        look();
    }

    /// Whether there is a frame to look at.
    bool at_frame() const noexcept { return located_ && count_ < frame_limit; }

    /// Whether the frame is a trap entry: its caller was interrupted.
    bool is_trap() const noexcept { return context_.where.frame.signal_frame; }

    bool is_function(u64 start) const noexcept { return context_.where.frame.start == start; }

    u64 instruction() const noexcept { return context_.frame.instruction(); }

    /// The frame's canonical frame address: identifies it in both phases.
    u64 cfa() const noexcept { return caller_.registers[unwind::rsp]; }

    _Unwind_Reason_Code ask(_Unwind_Action actions, Exception& thrown) noexcept {
        auto const personality = context_.where.frame.personality.resolve(memory_);
        if (!personality || *personality == 0)
            return _URC_CONTINUE_UNWIND;
        // Safe because the compiler put the address of a personality routine into the table.
        auto const routine = reinterpret_cast<Personality>(*personality);
        return routine(1, actions, thrown.unwind.exception_class, &thrown.unwind, &context_);
    }

    unwind::Registers const& registers() const noexcept { return context_.frame.registers; }

    void to_caller() noexcept {
        if (step_ != Step::stepped) {
            located_ = false;
            return;
        }
        context_.frame = caller_;
        ++count_;
        look();
    }

private:
    void look() noexcept {
        auto const where = unwind::locate(modules_, context_.frame.instruction());
        located_ = where.has_value();
        if (!located_)
            return;
        context_.where = *where;
        caller_ = context_.frame;
        step_ = unwind::step(*where, memory_, caller_);
    }

    LoadedModules const modules_;
    KernelMemory const memory_;
    _Unwind_Context context_ = {};
    Frame caller_ = {};
    Step step_ = Step::end;
    bool located_ = false;
    unsigned count_ = 0;
};

/// Phase 1. Nothing on the stack has changed when it returns.
Found search(Exception& thrown, Frame const& from) noexcept {
    // Safe because the addresses are only compared.
    u64 const self = reinterpret_cast<u64>(&raise);
    u64 const again = reinterpret_cast<u64>(&continue_unwinding);
    for (Walk walk(from); walk.at_frame(); walk.to_caller()) {
        if (walk.is_function(self) || walk.is_function(again))
            halt_with_report("a fault inside the unwinder", thrown.bug(), from);
        if (is_vital(walk.instruction()))
            halt_with_report("a bug in vital code", thrown.bug(), from);
        auto const answer = walk.ask(_UA_SEARCH_PHASE, thrown);
        if (answer == _URC_HANDLER_FOUND) {
            thrown.handler_cfa = walk.cfa();
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
[[noreturn]] void raise_as_bug(Exception& thrown, char const* what, Frame const& from) noexcept {
    KernelBug const bug{.what = what, .where = {}, .instruction = from.registers[unwind::rip]};
    note_fault(bug, from);
    EhState& state = eh_state();
    if (state.uncaught != 0)
        --state.uncaught;
    if (thrown.handlers < 0)
        thrown.handlers = -thrown.handlers; // thrown again: its handlers' cleanups let go of it
    else
        destroy(thrown);
    void* const object = __cxa_allocate_exception(sizeof(KernelBug));
    Exception& fresh = Exception::of_object(::new (object) KernelBug(bug));
    begin_throw(fresh, typeid(KernelBug), nullptr);
    raise(fresh, from);
}

} // namespace

void raise(Exception& thrown, Frame const& from) noexcept {
    switch (search(thrown, from)) {
    case Found::handler:
        continue_unwinding(thrown, from);
    case Found::refused:
        if (!thrown.is_bug)
            raise_as_bug(thrown, left_noexcept, from);
        halt_with_report("the exception tables are damaged", thrown.bug(), from);
    case Found::nobody:
        break;
    }
    if (!thrown.is_bug)
        raise_as_bug(thrown, "an exception that nobody catches", from);
    halt_with_report("a bug outside every place of containment", thrown.bug(), from);
}

void raise_past_noexcept(Exception& thrown, Frame const& from) noexcept {
    if (thrown.is_bug)
        raise(thrown, from);
    raise_as_bug(thrown, left_noexcept, from);
}

/// Phase 2.
void continue_unwinding(Exception& thrown, Frame const& from) noexcept {
    for (Walk walk(from); walk.at_frame(); walk.to_caller()) {
        bool const is_handler = walk.cfa() == thrown.handler_cfa;
        auto const actions = _UA_CLEANUP_PHASE | (is_handler ? _UA_HANDLER_FRAME : 0);
        auto const answer = walk.ask(actions, thrown);
        if (answer == _URC_INSTALL_CONTEXT)
            runtime_resume(&walk.registers());
        if (answer != _URC_CONTINUE_UNWIND || is_handler)
            break;
        if (thrown.is_bug)
            frame_left(walk.registers()[unwind::rsp], walk.cfa());
    }
    halt_with_report("unwinding lost its way", thrown.bug(), from);
}

void throw_from_fault(unwind::Registers const& registers, KernelBug const& bug) noexcept {
    Frame from{.registers = registers, .interrupted = true};
    note_fault(bug, from);
    void* const object = __cxa_allocate_exception(sizeof(KernelBug));
    Exception& thrown = Exception::of_object(::new (object) KernelBug(bug));
    begin_throw(thrown, typeid(KernelBug), nullptr);
    unwind::leave_nowhere(LoadedModules(), KernelMemory(), from);
    raise(thrown, from);
}

} // namespace runtime
