// Time from the time stamp counter; one-shot timers from the local APIC.
#include "kernel/arch/x86_64/clock.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"
#include "kernel/arch/x86_64/local_apic.hpp"
#include "kernel/arch/x86_64/port.hpp"
#include "kernel/arch/x86_64/processor.hpp"

#include <algorithm>

namespace arch {

constinit detail::TimeBase detail::time_base;

namespace {

/// A conversion by multiply and shift: value * factor / 2^32.
struct Ratio {
    u64 factor = 0;

    constexpr u64 apply(u64 value) const {
        return static_cast<u64>(static_cast<unsigned __int128>(value) * factor >> 32);
    }

    static constexpr Ratio of(u64 to, u64 from) { return {(to << 32) / from}; }
};

constinit u64 khz = 0;
constinit Ratio nanoseconds_to_timer{};
constinit char const* source = "";

/// The PIT's channel 0 counts down at 1.193182 MHz. Only its count is read: channel 2's gate (port
/// 0x61) does not exist on every machine.
namespace pit {

constexpr u64 hertz = 1'193'182;

void start() {
    out8(0x43, 0x34); // channel 0, both bytes, rate generator
    out8(0x40, 0);
    out8(0x40, 0);
}

u16 count() {
    out8(0x43, 0x00); // latch channel 0
    u16 const low = in8(0x40);
    return static_cast<u16>(low | in8(0x40) << 8);
}

} // namespace pit

struct Sample {
    u64 tsc;
    u32 timer;
    u16 pit;
};

/// The counters just after the PIT's count changed. Of several tries the one with the least delay
/// between the readings, so that a pause of the virtual machine does not spoil it.
bool take_sample(Sample& best) {
    u64 best_delay = ~u64{0};
    for (int attempt = 0; attempt < 3; ++attempt) {
        u16 const before = pit::count();
        u16 after = before;
        u64 start = 0;
        for (int tries = 0; after == before; ++tries) {
            if (tries == 1000)
                return false; // there is none
            start = read_tsc();
            after = pit::count();
        }
        u32 const timer = apic_timer_count();
        u64 const end = read_tsc();
        if (end - start < best_delay) {
            best_delay = end - start;
            best = {start + (end - start) / 2, timer, after};
        }
    }
    return true;
}

struct Rates {
    u64 tsc_hertz = 0;
    u64 timer_hertz = 0; ///< after the division by 16
};

bool measure_with_pit(Rates& rates) {
    constexpr u64 window = pit::hertz * 2 / 1000; // 2 ms: an error of less than 0.05 %
    pit::start();
    set_apic_timer(~u32{0});
    Sample first{};
    Sample last{};
    if (!take_sample(first))
        return false;
    do {
        u64 const until = read_tsc() + 1000;
        while (read_tsc() < until)
            relax();
        last.pit = pit::count();
    } while (static_cast<u16>(first.pit - last.pit) < window);
    if (!take_sample(last))
        return false;
    u64 const ticks = static_cast<u16>(first.pit - last.pit);
    rates.tsc_hertz = (last.tsc - first.tsc) * pit::hertz / ticks;
    rates.timer_hertz = u64{first.timer - last.timer} * pit::hertz / ticks;
    return rates.tsc_hertz != 0 && rates.timer_hertz != 0;
}

/// Hypervisors tell both frequencies in kHz (leaf 0x40000010, as VMware and KVM define it).
bool ask_hypervisor(Rates& rates) {
    constexpr u32 hypervisor_bit = u32{1} << 31;
    if ((cpuid(1).c & hypervisor_bit) == 0)
        return false;
    auto const highest = cpuid(0x4000'0000).a;
    if (highest < 0x4000'0010 || highest > 0x4000'00ff)
        return false;
    auto const leaf = cpuid(0x4000'0010);
    if (leaf.a == 0 || leaf.b == 0)
        return false;
    rates = {u64{leaf.a} * 1000, u64{leaf.b} * 1000 / 16};
    return true;
}

/// QEMU's timer runs at 1 GHz: what remains where there is neither PIT nor an answer.
void measure_with_apic(Rates& rates) {
    constexpr u64 apic_hertz = 1'000'000'000 / 16;
    set_apic_timer(~u32{0});
    u64 const start = read_tsc();
    u32 const first = apic_timer_count();
    u32 last = first;
    while (first - last < apic_hertz / 500)
        last = apic_timer_count();
    rates = {(read_tsc() - start) * apic_hertz / (first - last), apic_hertz};
}

/// Arms the hardware for the deadline, or for as long as it can count.
void arm(CpuData& cpu) {
    if (cpu.timer_deadline == Nanoseconds::never()) {
        set_apic_timer(0);
        return;
    }
    i64 const left = std::max<i64>((cpu.timer_deadline - now()).count(), 1);
    constexpr i64 longest = 10'000'000'000;
    u64 const count = nanoseconds_to_timer.apply(static_cast<u64>(std::min(left, longest))) + 1;
    set_apic_timer(static_cast<u32>(std::min<u64>(count, ~u32{0})));
}

} // namespace

void calibrate_clock() {
    detail::time_base.start = read_tsc();
    Rates rates;
    if (ask_hypervisor(rates)) {
        source = "hypervisor";
    } else if (measure_with_pit(rates)) {
        source = "PIT";
    } else {
        measure_with_apic(rates);
        source = "local APIC, assumed at 1 GHz";
    }
    set_apic_timer(0);
    khz = rates.tsc_hertz / 1000;
    detail::time_base.factor = Ratio::of(1'000'000'000, rates.tsc_hertz).factor;
    nanoseconds_to_timer = Ratio::of(rates.timer_hertz, 1'000'000'000);
}

u64 tsc_khz() {
    return khz;
}

char const* clock_source() {
    return source;
}

u64 cycle_count() {
    return read_tsc();
}

void delay_microseconds(u32 count) {
    auto const end = now() + Nanoseconds(i64{count} * 1000);
    while (now() < end)
        relax();
}

void arm_timer(Nanoseconds deadline) {
    auto& cpu = this_cpu();
    cpu.timer_deadline = deadline;
    arm(cpu);
}

void handle_timer() {
    auto& cpu = this_cpu();
    Nanoseconds const deadline = cpu.timer_deadline;
    if (deadline != Nanoseconds::never() && now() < deadline) {
        arm(cpu); // the hardware cannot count that far, or counts a little fast
        return;
    }
    cpu.timer_deadline = Nanoseconds::never();
    upcall::timer_expired();
}

} // namespace arch
