// The frames of a stack, from a throw outwards, with their personality routines.
#pragma once

#include "kernel/runtime/exception.hpp"
#include "kernel/runtime/modules.hpp"

namespace runtime {

class Walk {
public:
    explicit Walk(unwind::Frame const& from) noexcept {
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

    _Unwind_Context& context() noexcept { return context_; }

    _Unwind_Reason_Code ask(_Unwind_Action actions, _Unwind_Exception& thrown) noexcept {
        auto const personality = context_.where.frame.personality.resolve(memory_);
        if (!personality || *personality == 0)
            return _URC_CONTINUE_UNWIND;
        // Safe because the compiler put the address of a personality routine into the table.
        auto const routine = reinterpret_cast<decltype(&__gxx_personality_v0)>(*personality);
        return routine(1, actions, thrown.exception_class, &thrown, &context_);
    }

    unwind::Registers const& registers() const noexcept { return context_.frame.registers; }

    void to_caller() noexcept {
        if (step_ != unwind::Step::stepped) {
            located_ = false;
            return;
        }
        context_.frame = caller_;
        ++count_;
        look();
    }

private:
    /// A stack that is deeper runs in a circle.
    static constexpr unsigned frame_limit = 100'000;

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
    unwind::Frame caller_ = {};
    unwind::Step step_ = unwind::Step::end;
    bool located_ = false;
    unsigned count_ = 0;
};

/// The frame that called the function this is inlined into: entry points begin there, as they may
/// have tables of their own that say nothing about who throws through them.
[[gnu::always_inline]] inline unwind::Frame calling_frame() noexcept {
    unwind::Frame frame;
    runtime_capture(&frame.registers);
    (void)unwind::step(LoadedModules(), KernelMemory(), frame);
    return frame;
}

} // namespace runtime
