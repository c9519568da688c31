// Power-off, reboot, and the emulator's exit.
#include "kernel/arch/api/power.hpp"

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/x86_64/clock.hpp"
#include "kernel/arch/x86_64/layout.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/arch/x86_64/platform.hpp"
#include "kernel/arch/x86_64/port.hpp"
#include "kernel/arch/x86_64/tlb.hpp"
#include "kernel/log/log.hpp"

namespace arch {
namespace {

using platform::acpi::Register;

/// A page for the one register that power-off or reset needs.
constexpr VirtAddr register_window = layout::device_area + 64 * page_size;

void write_register(Register const& to, u32 value) {
    if (to.space == Register::Space::io) {
        u16 const port = static_cast<u16>(to.address);
        if (to.bits <= 8)
            out8(port, static_cast<u8>(value));
        else
            out16(port, static_cast<u16>(value));
        return;
    }
    if (to.space != Register::Space::memory)
        return;
    PhysAddr const at(to.address);
    unmap_kernel_page(register_window);
    if (!map_kernel_page(register_window, at.page_down(), Access::read | Access::write,
                         Caching::uncached))
        return;
    // Safe because the FADT names this register, and the window is uncached.
    u64 const where = register_window.value() + at.page_offset();
    if (to.bits <= 8)
        *reinterpret_cast<u8 volatile*>(where) = static_cast<u8>(value);
    else
        *reinterpret_cast<u16 volatile*>(where) = static_cast<u16>(value);
}

/// ACPI 6.5, sections 4.8.3.2 and 4.8.3.7: what enters S5.
void enter_soft_off(platform::acpi::Fadt const& fadt) {
    constexpr u32 sleep_enable = 1 << 13;
    if (!fadt.power_off)
        return;
    if (fadt.sleep_control) {
        write_register(*fadt.sleep_control, u32{fadt.power_off->a} << 2 | 1 << 5);
        return;
    }
    if (fadt.pm1a_control)
        write_register(*fadt.pm1a_control, u32{fadt.power_off->a} << 10 | sleep_enable);
    if (fadt.pm1b_control)
        write_register(*fadt.pm1b_control, u32{fadt.power_off->b} << 10 | sleep_enable);
}

/// No vector to call and no exception that could be reported: the CPU resets the machine.
[[noreturn]] void triple_fault() {
    struct [[gnu::packed]] {
        u16 limit;
        u64 base;
    } const nothing{};

    // Safe because nothing runs afterwards.
    asm volatile("cli; lidt %0; int3" : : "m"(nothing));
    halt();
}

} // namespace

void exit_emulator(u8 value) {
    constexpr u16 debug_exit = 0xf4;
    klog::finish();
    out8(debug_exit, value);
}

void power_off() {
    stop_other_cpus();
    klog::finish();
    if (power_registers())
        enter_soft_off(*power_registers());
    delay_microseconds(1000);
    exit_emulator(0x10); // a machine without ACPI, as microvm
    halt();
}

void reboot() {
    stop_other_cpus();
    klog::finish();
    auto const& fadt = power_registers();
    if (fadt && fadt->reset)
        write_register(*fadt->reset, fadt->reset_value);
    out8(0xcf9, 0x06); // PCI reset control
    delay_microseconds(1000);
    out8(0x64, 0xfe); // keyboard controller
    delay_microseconds(1000);
    triple_fault();
}

void halt() {
    // Safe because this CPU is done.
    for (;;)
        asm volatile("cli; hlt");
}

} // namespace arch
