// Registers of the local APIC in memory: Intel SDM volume 3, chapter 11.
#include "kernel/arch/x86_64/local_apic.hpp"

#include "kernel/arch/x86_64/layout.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "kernel/arch/x86_64/tlb.hpp"

namespace arch {
namespace {

enum class Register : u32 {
    id = 0x20,
    end_of_interrupt = 0xb0,
    spurious = 0xf0,
    command_low = 0x300,
    command_high = 0x310,
    timer = 0x320,
    local_pin0 = 0x350,
    local_pin1 = 0x360,
    error = 0x370,
    timer_initial = 0x380,
    timer_current = 0x390,
    timer_divide = 0x3e0,
};

constexpr u32 masked = 1 << 16;
constexpr u32 deliver_nmi = 4 << 8;
constexpr u32 deliver_init = 5 << 8;
constexpr u32 deliver_startup = 6 << 8;
constexpr u32 level_assert = 1 << 14;
constexpr u32 delivery_pending = 1 << 12;

u32 volatile& at(Register which) {
    // Safe because map_local_apic() mapped the registers here, uncached.
    return *reinterpret_cast<u32 volatile*>(layout::device_area.value() + static_cast<u32>(which));
}

void command(u32 apic_id, u32 low) {
    at(Register::command_high) = apic_id << 24;
    at(Register::command_low) = low;
    for (u32 tries = 0; (at(Register::command_low) & delivery_pending) != 0 && tries < 1'000'000;
         ++tries) {
    }
}

} // namespace

Result<void> map_local_apic() {
    return enter_kernel_page(layout::device_area, PhysAddr(read_msr(Msr::apic_base) & entry_frame),
                             entry_present | entry_writable | entry_uncached | entry_write_through |
                                 entry_global | entry_no_execute);
}

void enable_local_apic() {
    constexpr u64 globally_enabled = u64{1} << 11;
    write_msr(Msr::apic_base, read_msr(Msr::apic_base) | globally_enabled);
    at(Register::local_pin0) = masked; // where the old interrupt controllers would come in
    at(Register::local_pin1) = deliver_nmi;
    at(Register::error) = masked;
    at(Register::spurious) = 0x100 | spurious_vector;
    at(Register::timer_divide) = 3; // by 16
    at(Register::timer) = timer_vector;
}

u32 local_apic_id() {
    return at(Register::id) >> 24;
}

void end_of_interrupt() {
    at(Register::end_of_interrupt) = 0;
}

void send_interrupt(u32 apic_id, u32 vector) {
    command(apic_id, level_assert | vector);
}

void send_nmi(u32 apic_id) {
    command(apic_id, level_assert | deliver_nmi);
}

void send_init(u32 apic_id) {
    command(apic_id, level_assert | deliver_init);
}

void send_startup(u32 apic_id, PhysAddr page) {
    command(apic_id, level_assert | deliver_startup | static_cast<u32>(page.page_number()));
}

void set_apic_timer(u32 count) {
    at(Register::timer_initial) = count;
}

u32 apic_timer_count() {
    return at(Register::timer_current);
}

} // namespace arch
