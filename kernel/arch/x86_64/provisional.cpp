// Stands in for what this machine does not implement yet; the real definitions override these.
#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/timer.hpp"

#define PROVISIONAL __attribute__((weak))

namespace arch {

PROVISIONAL usize cpu_index() {
    return 0;
}

PROVISIONAL bool interrupts_enabled() {
    return false;
}

PROVISIONAL void disable_interrupts() {}

PROVISIONAL void enable_interrupts() {}

PROVISIONAL void relax() {}

PROVISIONAL Nanoseconds now() {
    return {};
}

PROVISIONAL void stop_other_cpus() {}

PROVISIONAL void reboot() {
    halt();
}

PROVISIONAL void* current_thread() {
    return nullptr;
}

PROVISIONAL bool in_interrupt() {
    return false;
}

PROVISIONAL void disable_preemption() {}

PROVISIONAL void enable_preemption() {}

PROVISIONAL u32 preemption_depth() {
    return 1;
}

// No memory: every allocation fails.
PROVISIONAL BootInfo const& boot_info() {
    static constinit BootInfo const nothing{};
    return nothing;
}

PROVISIONAL VirtAddr direct_map(PhysAddr) {
    halt();
}

PROVISIONAL PhysAddr direct_unmap(VirtAddr) {
    halt();
}

PROVISIONAL VirtAddr kernel_area_start() {
    return VirtAddr(~u64{0});
}

PROVISIONAL VirtAddr kernel_area_end() {
    return VirtAddr(~u64{0});
}

PROVISIONAL std::optional<PhysAddr> kernel_translate(VirtAddr) {
    return std::nullopt;
}

PROVISIONAL Result<void> map_kernel_page(VirtAddr, PhysAddr, AccessFlags, Caching) {
    return fail(Errno::enomem);
}

PROVISIONAL std::optional<PhysAddr> unmap_kernel_page(VirtAddr) {
    return std::nullopt;
}

} // namespace arch
