// Layouts of ACPI tables in memory (ACPI 6.5, chapter 5). Private to this room.
#pragma once

#include "libs/base/types.hpp"

namespace platform::acpi {

struct [[gnu::packed]] RsdpFields { // 5.2.5.3
    char signature[8];
    u8 checksum;
    char oem[6];
    u8 revision;
    u32 rsdt;
    u32 length; // from here on only in revision 2
    u64 xsdt;
    u8 extended_checksum;
    u8 reserved[3];
};

inline constexpr usize old_rsdp_size = 20;
static_assert(sizeof(RsdpFields) == 36);

struct [[gnu::packed]] HeaderFields { // 5.2.6
    char signature[4];
    u32 length;
    u8 revision;
    u8 checksum;
    char oem[6];
    char oem_table[8];
    u32 oem_revision;
    u32 creator;
    u32 creator_revision;
};

static_assert(sizeof(HeaderFields) == 36);

struct [[gnu::packed]] AddressFields { // 5.2.3.2
    u8 space;
    u8 bits;
    u8 bit_offset;
    u8 access_size;
    u64 address;
};

static_assert(sizeof(AddressFields) == 12);

struct [[gnu::packed]] FadtFields { // 5.2.9; tables of older revisions end earlier
    HeaderFields header;
    u32 facs;
    u32 dsdt;
    u8 reserved0;
    u8 profile;
    u16 sci_irq;
    u32 smi_command;
    u8 acpi_enable, acpi_disable, s4bios, pstate_control;
    u32 pm1a_event, pm1b_event, pm1a_control, pm1b_control, pm2_control, pm_timer;
    u32 gpe0, gpe1;
    u8 pm1_event_length, pm1_control_length, pm2_control_length, pm_timer_length;
    u8 gpe0_length, gpe1_length, gpe1_base, cstate_control;
    u16 latency2, latency3, flush_size, flush_stride;
    u8 duty_offset, duty_width, day_alarm, month_alarm, century;
    u16 boot_flags;
    u8 reserved1;
    u32 flags;
    AddressFields reset;
    u8 reset_value;
    u16 arm_flags;
    u8 minor_revision;
    u64 wide_facs, wide_dsdt;
    AddressFields wide_pm1a_event, wide_pm1b_event, wide_pm1a_control, wide_pm1b_control;
    AddressFields wide_pm2_control, wide_pm_timer, wide_gpe0, wide_gpe1;
    AddressFields sleep_control, sleep_status;
};

static_assert(sizeof(FadtFields) == 268);

} // namespace platform::acpi
