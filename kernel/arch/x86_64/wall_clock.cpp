// The wall clock: the CMOS real-time clock, read once at boot.
#include "kernel/arch/api/timer.hpp"
#include "kernel/arch/x86_64/port.hpp"

namespace arch {
namespace {

u8 read_register(u8 index) {
    out8(0x70, static_cast<u8>(index | 0x80)); // bit 7 keeps NMI away while the index is ours
    return in8(0x71);
}

struct Reading {
    u8 second, minute, hour, day, month, year, century;
    friend bool operator==(Reading const&, Reading const&) = default;
};

Reading read_all() {
    return {read_register(0), read_register(2), read_register(4),   read_register(7),
            read_register(8), read_register(9), read_register(0x32)};
}

bool updating() {
    return (read_register(0x0a) & 0x80) != 0;
}

constexpr i64 from_bcd(u8 value) {
    return (value >> 4) * 10 + (value & 0xf);
}

/// Days from 1970-01-01 in the Gregorian calendar; months count from 1.
constexpr i64 days_since_epoch(i64 year, i64 month, i64 day) {
    // Years that start in March put the leap day last.
    i64 const shifted = month <= 2 ? year - 1 : year;
    i64 const month_from_march = (month + 9) % 12;
    i64 const day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year - 719'468;
}

static_assert(days_since_epoch(1970, 1, 1) == 0);
static_assert(days_since_epoch(2000, 2, 29) == 11'016);
static_assert(days_since_epoch(2024, 3, 1) == 19'783);

Nanoseconds read_clock() {
    Reading reading{};
    for (int tries = 0; tries < 1000; ++tries) {
        if (updating())
            continue;
        reading = read_all();
        if (!updating() && reading == read_all())
            break;
    }
    u8 const mode = read_register(0x0b);
    bool const binary = (mode & 4) != 0;
    bool const hours_to_24 = (mode & 2) != 0;
    auto const number = [&](u8 value) { return binary ? i64{value} : from_bcd(value); };
    if (reading.month == 0xff || number(reading.month) < 1 || number(reading.month) > 12)
        return {}; // no such clock
    i64 hour = number(reading.hour & 0x7f);
    if (!hours_to_24)
        hour = hour % 12 + ((reading.hour & 0x80) != 0 ? 12 : 0);
    i64 const century = number(reading.century);
    i64 const year = number(reading.year) + (century >= 19 && century <= 30 ? century : 20) * 100;
    return Nanoseconds::seconds(
        ((days_since_epoch(year, number(reading.month), number(reading.day)) * 24 + hour) * 60 +
         number(reading.minute)) *
            60 +
        number(reading.second));
}

} // namespace

Nanoseconds boot_wall_time() {
    static constinit Nanoseconds at_boot{};
    static constinit bool known = false;
    if (!known) {
        at_boot = read_clock() - now();
        known = true;
    }
    return at_boot;
}

} // namespace arch
