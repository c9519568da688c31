// Device interrupts: who handles which, and what happens when a handler fails.
#pragma once

#include "kernel/arch/api/interrupts.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/function_ref.hpp"
#include "libs/base/result.hpp"
#include "libs/base/slice.hpp"

#include <string_view>

namespace device {

/// A handler of one interrupt, which several devices may share. Disconnects when destroyed; then
/// the function does not run any more.
class InterruptHandler {
public:
    /// Runs with interrupts off: must not sleep or take locks that do. False: the device did not
    /// ask for this interrupt. An exception that leaves it stops the handler (a KernelBug) or drops
    /// this one event (out of memory).
    using Function = bool (*)(void* context);

    /// Hears once that the handler is stopped, so that nobody waits for its interrupts any more.
    /// Runs where the handler would.
    using Stopped = void (*)(void* context);

    /// `name` must live for ever: a literal.
    InterruptHandler(std::string_view name, Function function, void* context,
                     Stopped stopped = nullptr)
        : name_(name), function_(function), context_(context), tell_stopped_(stopped) {}

    InterruptHandler(InterruptHandler const&) = delete;
    InterruptHandler& operator=(InterruptHandler const&) = delete;
    ~InterruptHandler();

    /// Once.
    Result<void> connect(arch::Irq irq, arch::Trigger trigger, arch::Polarity polarity);
    /// Once: for a device that sends messages.
    Result<arch::MessageInterrupt> connect_message();

    std::string_view name() const { return name_; }

private:
    friend struct InterruptLine;
    std::string_view name_;
    Function function_;
    void* context_;
    Stopped tell_stopped_;
    Atomic<InterruptHandler*> next_{nullptr};
    Atomic<bool> stopped_{false};
    struct InterruptLine* line_ = nullptr;
};

/// One interrupt that somebody handles, for /proc/interrupts.
struct InterruptInfo {
    static constexpr usize most_handlers = 8;

    enum class Kind { input, message };
    Kind kind;
    u32 number; ///< of its kind
    std::string_view handlers[most_handlers];
    usize handler_count;
    Slice<Atomic<u64> const> counts; ///< by CPU
};

void for_each_interrupt(FunctionRef<void(InterruptInfo const& interrupt)> visit);

} // namespace device
