// The local APIC: this CPU's timer and the interrupts that CPUs send each other.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/result.hpp"

namespace arch {

/// Interrupt vectors. Device inputs of the I/O APICs come first, then messages.
inline constexpr u32 device_vector = 0x30;
inline constexpr u32 message_vector = 0xb0;
inline constexpr u32 message_vectors_end = 0xf0;
inline constexpr u32 reschedule_vector = 0xf0;
inline constexpr u32 shootdown_vector = 0xf1;
inline constexpr u32 timer_vector = 0xf2;
inline constexpr u32 spurious_vector = 0xff;

inline constexpr u64 message_address = 0xfee0'0000;

/// Maps the registers; once, before any CPU's enable_local_apic().
Result<void> map_local_apic();
/// Turns on this CPU's.
void enable_local_apic();
u32 local_apic_id();
void end_of_interrupt();

/// Send to the CPU with this APIC id. Callers keep interrupts off.
void send_interrupt(u32 apic_id, u32 vector);
void send_nmi(u32 apic_id);
void send_init(u32 apic_id);
/// `page` is below 1 MiB.
void send_startup(u32 apic_id, PhysAddr page);

/// The timer counts down once, at the bus frequency divided by 16; 0 stops it.
void set_apic_timer(u32 count);
u32 apic_timer_count();

} // namespace arch
