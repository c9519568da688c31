// Interrupts: this CPU's flag, and routing device interrupts.
#pragma once

#include "libs/base/result.hpp"
#include "libs/base/types.hpp"

namespace arch {

bool interrupts_enabled();
void disable_interrupts();
void enable_interrupts();

/// Interrupts off until the scope ends, then as they were.
class InterruptsOff {
public:
    InterruptsOff() : were_enabled_(interrupts_enabled()) { disable_interrupts(); }

    InterruptsOff(InterruptsOff const&) = delete;
    InterruptsOff& operator=(InterruptsOff const&) = delete;

    ~InterruptsOff() {
        if (were_enabled_)
            enable_interrupts();
    }

private:
    bool were_enabled_;
};

/// An input of the interrupt controllers (a global system interrupt), or an allocated message.
enum class Irq : u32 {};
enum class Trigger { edge, level };
enum class Polarity { high, low };

/// Routes `irq` to a CPU and unmasks it; upcall::interrupt(irq) then runs for each. ENOENT if no
/// controller has it. ISA interrupts 0-15 pass through the platform's overrides when `isa` says so.
Result<void> connect_interrupt(Irq irq, Trigger trigger, Polarity polarity);

/// The input that an ISA interrupt (0-15) arrives on, and how, from the platform's tables.
struct IsaRoute {
    Irq irq;
    Trigger trigger;
    Polarity polarity;
};

IsaRoute isa_interrupt(u32 number);
void mask_interrupt(Irq irq);

/// A message-signalled interrupt: what a device writes where. ENOSPC when no vector is free.
struct MessageInterrupt {
    Irq irq; ///< as upcall::interrupt() will name it
    u64 address;
    u32 data;
};

Result<MessageInterrupt> allocate_message_interrupt();

} // namespace arch

// The few-instruction ones, in the caller.
#if !defined(LINNET_HOST)
#include "kernel/arch/inline/cpu.hpp"
#endif
