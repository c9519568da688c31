// Device interrupts: the I/O APICs' inputs and message vectors, and the dispatch of all vectors.
#include "kernel/arch/api/interrupts.hpp"

#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/x86_64/clock.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"
#include "kernel/arch/x86_64/layout.hpp"
#include "kernel/arch/x86_64/local_apic.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/arch/x86_64/platform.hpp"
#include "kernel/arch/x86_64/port.hpp"
#include "kernel/arch/x86_64/raw_lock.hpp"
#include "kernel/arch/x86_64/tlb.hpp"
#include "kernel/arch/x86_64/traps.hpp"

#include <optional>
#include <utility>

namespace arch {
namespace {

/// Registers of an I/O APIC are reached through an index and a window (82093AA data sheet, 3.1).
class IoApic {
public:
    constexpr IoApic() = default;

    IoApic(VirtAddr registers, u32 first_gsi) : registers_(registers), first_(first_gsi) {
        inputs_ = (read(1) >> 16 & 0xff) + 1;
    }

    bool has(u32 gsi) const { return gsi >= first_ && gsi - first_ < inputs_; }

    u32 first() const { return first_; }

    u32 inputs() const { return inputs_; }

    u64 entry(u32 gsi) const {
        u32 const index = 0x10 + (gsi - first_) * 2;
        return read(index) | u64{read(index + 1)} << 32;
    }

    /// The mask bit is in the low word, which goes last.
    void set_entry(u32 gsi, u64 value) {
        u32 const index = 0x10 + (gsi - first_) * 2;
        write(index + 1, static_cast<u32>(value >> 32));
        write(index, static_cast<u32>(value));
    }

private:
    u32 volatile* at(u32 offset) const {
        // Safe because start_interrupt_controllers() mapped the registers here, uncached.
        return reinterpret_cast<u32 volatile*>(registers_.value() + offset);
    }

    u32 read(u32 index) const {
        *at(0) = index;
        return *at(0x10);
    }

    void write(u32 index, u32 value) {
        *at(0) = index;
        *at(0x10) = value;
    }

    VirtAddr registers_;
    u32 first_ = 0;
    u32 inputs_ = 0;
};

constexpr u64 entry_masked = u64{1} << 16;
constexpr u64 entry_level = u64{1} << 15;
constexpr u64 entry_active_low = u64{1} << 13;
constexpr u32 first_message = 0x1'0000; ///< Irq numbers of messages start here

constinit IoApic io_apics[16];
constinit usize io_apic_count = 0;
constinit RawLock lock;
constinit u32 next_message_vector = message_vector;

IoApic* controller_of(Irq irq) {
    u32 const gsi = std::to_underlying(irq);
    if (gsi + device_vector >= message_vector)
        return nullptr;
    for (usize i = 0; i < io_apic_count; ++i)
        if (io_apics[i].has(gsi))
            return &io_apics[i];
    return nullptr;
}

/// Its inputs come through the I/O APIC; it must neither be heard nor raise vectors of exceptions.
void silence_8259() {
    for (u16 const base : {u16{0x20}, u16{0xa0}}) {
        out8(base, 0x11);
        out8(base + 1, 0x20);
        out8(base + 1, base == 0x20 ? 4 : 2);
        out8(base + 1, 0x01);
        out8(base + 1, 0xff);
    }
}

} // namespace

Result<void> start_interrupt_controllers() {
    silence_8259();
    for (auto const& found : interrupt_topology().io_apics) {
        auto const at = layout::device_area + (1 + io_apic_count) * page_size;
        TRY(enter_kernel_page(at, found.registers.page_down(),
                              entry_present | entry_writable | entry_uncached |
                                  entry_write_through | entry_global | entry_no_execute));
        auto& controller = io_apics[io_apic_count++];
        controller = IoApic(at + found.registers.page_offset(), found.first_gsi);
        for (u32 i = 0; i < controller.inputs(); ++i)
            controller.set_entry(controller.first() + i, entry_masked);
    }
    return {};
}

Result<void> connect_interrupt(Irq irq, Trigger trigger, Polarity polarity) {
    auto* const controller = controller_of(irq);
    if (controller == nullptr)
        return fail(Errno::enoent);
    u32 const gsi = std::to_underlying(irq);
    u64 entry = u64{cpu_data(0).apic_id} << 56 | (device_vector + gsi);
    if (trigger == Trigger::level)
        entry |= entry_level;
    if (polarity == Polarity::low)
        entry |= entry_active_low;
    RawLock::Hold const hold(lock);
    controller->set_entry(gsi, entry);
    return {};
}

IsaRoute isa_interrupt(u32 number) {
    auto const found = interrupt_topology().isa(static_cast<u8>(number));
    return {Irq{found.gsi},
            found.trigger == platform::Trigger::level ? Trigger::level : Trigger::edge,
            found.polarity == platform::Polarity::active_low ? Polarity::low : Polarity::high};
}

void mask_interrupt(Irq irq) {
    auto* const controller = controller_of(irq);
    if (controller == nullptr)
        return;
    RawLock::Hold const hold(lock);
    u32 const gsi = std::to_underlying(irq);
    controller->set_entry(gsi, controller->entry(gsi) | entry_masked);
}

Result<MessageInterrupt> allocate_message_interrupt() {
    RawLock::Hold const hold(lock);
    if (next_message_vector == message_vectors_end)
        return fail(Errno::enospc);
    u32 const vector = next_message_vector++;
    return MessageInterrupt{Irq{first_message + vector},
                            message_address | u64{cpu_data(0).apic_id} << 12, vector};
}

void handle_interrupt(u32 vector) {
    switch (vector) {
    case timer_vector:
        handle_timer();
        break;
    case reschedule_vector:
        request_reschedule();
        break; // the way out looks
    case shootdown_vector:
        serve_shootdowns();
        break;
    case spurious_vector:
        return; // must not be acknowledged
    default:
        if (vector >= message_vector)
            upcall::interrupt(Irq{first_message + vector});
        else if (vector >= device_vector)
            upcall::interrupt(Irq{vector - device_vector});
        else
            return; // the 8259's own spurious ones
    }
    end_of_interrupt();
}

} // namespace arch
