// First C++ code: brings the boot CPU to the state that upcall::kernel_main() expects.
#include "kernel/arch/x86_64/start.hpp"

#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/x86_64/clock.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"
#include "kernel/arch/x86_64/early_memory.hpp"
#include "kernel/arch/x86_64/features.hpp"
#include "kernel/arch/x86_64/local_apic.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/arch/x86_64/platform.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "kernel/arch/x86_64/shadow.hpp"
#include "kernel/arch/x86_64/tlb.hpp"
#include "kernel/log/log.hpp"

extern "C" [[noreturn]] void arch_start(u32 information, u32 slide, u32 protocol);

namespace arch {
namespace {

constinit u64 slide = 0;

[[noreturn]] void leave_boot_stack() {
    // Safe because the new stack is mapped and nothing of the old one is needed.
    asm volatile("movq %0, %%rsp\n\t"
                 "xorl %%ebp, %%ebp\n\t"
                 "call *%1\n\t"
                 "ud2"
                 :
                 : "r"(this_cpu().kernel_stack), "r"(&upcall::kernel_main)
                 : "memory");
    __builtin_unreachable();
}

} // namespace

u64 kernel_slide() {
    return slide;
}

void initialise_platform() {
    klog::info("time stamp counter at {}.{:03} MHz ({})", tsc_khz() / 1000, tsc_khz() % 1000,
               clock_source());
    read_platform_tables();
    if (auto const started = start_interrupt_controllers(); !started)
        klog::error("the interrupt controllers cannot be mapped");
}

} // namespace arch

void arch_start(u32 information, u32 by, u32 protocol) {
    using namespace arch;
    slide = by;
    start_console();
    report_write("start\n"); // before anything that may fail: A6.1
    detect_cpu_features();
    read_loader_information(PhysAddr(information), static_cast<BootProtocol>(protocol));
    build_direct_map();
    if constexpr (shadow::enabled)
        shadow::map();
    if (!prepare_cpu_slot(0, 0) || !map_local_apic())
        halt();
    load_cpu(0);
    PageTable::activate_kernel();
    table_at(kernel_root())[0].store(0); // the page of boot.S at its physical address
    flush_whole_tlb();
    patch_access_checks();
    enable_local_apic();
    cpu_data(0).apic_id = local_apic_id();
    cpu_data(0).online.store(true);
    calibrate_clock();
    close_early_memory();
    leave_boot_stack();
}
