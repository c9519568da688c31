// Interrupt routing of the host machine: every input and message exists, and nothing raises them
// but tests, which call upcall::interrupt().
#include "kernel/arch/api/interrupts.hpp"

#include "libs/base/atomic.hpp"

namespace arch {
namespace {

constexpr u32 inputs = 24;
constexpr u32 first_message = 0x1'0000;
constinit Atomic<u32> messages{0};

} // namespace

Result<void> connect_interrupt(Irq irq, Trigger, Polarity) {
    if (static_cast<u32>(irq) >= inputs)
        return fail(Errno::enoent);
    return {};
}

IsaRoute isa_interrupt(u32 number) {
    return {Irq{number}, Trigger::edge, Polarity::high};
}

void mask_interrupt(Irq) {}

Result<MessageInterrupt> allocate_message_interrupt() {
    u32 const number = messages.fetch_add(1);
    return MessageInterrupt{Irq{first_message + number}, 0xfee0'0000, number};
}

} // namespace arch
