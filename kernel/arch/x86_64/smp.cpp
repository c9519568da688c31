// Starting the other CPUs, and the interrupts by which CPUs disturb each other.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/x86_64/clock.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"
#include "kernel/arch/x86_64/early_memory.hpp"
#include "kernel/arch/x86_64/local_apic.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/arch/x86_64/platform.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "kernel/arch/x86_64/stop.hpp"
#include "kernel/arch/x86_64/tlb.hpp"
#include "kernel/log/log.hpp"

namespace arch {

extern "C" {
extern std::byte const startup_code[], startup_code_end[];
extern std::byte const startup_table_base[], startup_jump_32[], startup_jump_64[];
extern std::byte const startup_root[], startup_stack[], startup_index[], startup_function[];
extern TableEntry boot_identity_pointers[], boot_identity_directory[], boot_identity_pages[];
extern TableEntry startup_root_table[];
}

namespace {

constinit Atomic<u32> cpus_running{1};
constinit Atomic<bool> stopping{false};

/// One CPU's part in being caught by an NMI.
struct Catch {
    enum State : u32 { free, wanted, caught };

    Atomic<u32> state{free};
    CaughtCpu at{};
};

constinit Catch catches[max_cpus];

/// Until the CPU has answered; false when it does not, for so long.
bool wait_until_caught(usize cpu, Nanoseconds patience) {
    auto const end = now() + patience;
    while (catches[cpu].state.load() != Catch::caught) {
        if (now() > end)
            return false;
        relax();
    }
    return true;
}

/// From startup.S, on the CPU's own stack.
[[noreturn]] void run_secondary_cpu(u64 index) {
    load_cpu(index);
    PageTable::activate_kernel();
    enable_local_apic();
    cpu_data(index).online.store(true);
    // The boot CPU counts us before anybody may rely on our index.
    while (cpu_count() <= index)
        relax();
    flush_whole_tlb(); // nobody told us of changes until now
    upcall::secondary_cpu(index);
}

u64 image_physical(void const* object) {
    return address_of(object) - layout::kernel_offset - kernel_slide();
}

/// The copy of startup.S that CPUs start from.
class StartupPage {
public:
    explicit StartupPage(PhysAddr page)
        : page_(page), copy_(pointer_to<std::byte>(direct_map(page))) {
        copy_bytes({copy_, page_size},
                   {startup_code, static_cast<usize>(startup_code_end - startup_code)});
        for (auto const* const word : {startup_table_base, startup_jump_32, startup_jump_64})
            set<u32>(word, static_cast<u32>(word_at<u32>(word) + page.value()));
        // The kernel's own half, and this page at its physical address.
        for (usize i = 0; i < entries_per_table; ++i)
            startup_root_table[i].store(table_at(kernel_root())[i].load());
        startup_root_table[0].store(image_physical(boot_identity_pointers) | entry_present);
        boot_identity_pointers[0].store(image_physical(boot_identity_directory) | entry_present);
        boot_identity_directory[0].store(image_physical(boot_identity_pages) | entry_present);
        boot_identity_pages[page.page_number()].store(page.value() | entry_present);
        set<u64>(startup_root, image_physical(startup_root_table));
        set<u64>(startup_function, reinterpret_cast<u64>(&run_secondary_cpu));
    }

    void aim_at(usize index) {
        set<u64>(startup_stack, cpu_slot::top(index, cpu_slot::boot).value());
        set<u64>(startup_index, index);
    }

    PhysAddr page() const { return page_; }

private:
    template <class T>
    T word_at(std::byte const* symbol) const {
        T value;
        __builtin_memcpy(&value, copy_ + (symbol - startup_code), sizeof value);
        return value;
    }

    template <class T>
    void set(std::byte const* symbol, T value) {
        __builtin_memcpy(copy_ + (symbol - startup_code), &value, sizeof value);
    }

    PhysAddr page_;
    std::byte* copy_;
};

bool wait_until_online(usize index, i64 milliseconds) {
    auto const end = now() + Nanoseconds::milliseconds(milliseconds);
    while (!cpu_data(index).online.load()) {
        if (now() > end)
            return false;
        relax();
    }
    return true;
}

/// Intel SDM volume 3, section 8.4.4.1. Current CPUs need no pause after INIT; a second startup
/// interrupt is for those that missed the first.
bool start(usize index, u32 apic_id, StartupPage& page) {
    page.aim_at(index);
    {
        InterruptsOff const off;
        send_init(apic_id);
        delay_microseconds(10);
        send_startup(apic_id, page.page());
    }
    if (wait_until_online(index, 20))
        return true;
    {
        InterruptsOff const off;
        send_startup(apic_id, page.page());
    }
    return wait_until_online(index, 1000);
}

} // namespace

usize cpu_count() {
    return cpus_running.load();
}

void start_cpus(usize most) {
    auto const& cpus = interrupt_topology().cpus;
    u32 const self = local_apic_id();
    if (cpus.size() < 2 || most < 2)
        return;
    if (startup_page() == PhysAddr(0)) {
        klog::warn("no memory below 1 MiB to start other CPUs in");
        return;
    }
    StartupPage page(startup_page());
    for (auto const& cpu : cpus) {
        usize const index = cpu_count();
        if (index == most)
            break;
        if (!cpu.can_start || cpu.apic_id == self || cpu.apic_id > 0xfe)
            continue;
        if (index == max_cpus || !prepare_cpu_slot(index, cpu.apic_id)) {
            klog::warn("no room for more than {} CPUs", index);
            break;
        }
        if (!start(index, cpu.apic_id, page)) {
            klog::warn("CPU with APIC id {apic} does not answer", cpu.apic_id);
            break; // it may still wake up on the stack of this slot: give it to nobody
        }
        cpus_running.store(static_cast<u32>(index + 1));
    }
    boot_identity_pages[page.page().page_number()].store(0);
}

void send_reschedule(usize cpu) {
    InterruptsOff const off;
    send_interrupt(cpu_data(cpu).apic_id, reschedule_vector);
}

void serve_catcher(UserRegisters const& registers) {
    auto& mine = catches[this_cpu().index];
    bool const for_good = stopping.load();
    if (!for_good && mine.state.load() != Catch::wanted)
        return;
    mine.at = caught_at(registers);
    mine.state.store(Catch::caught);
    if (for_good)
        halt();
    while (mine.state.load() == Catch::caught)
        relax();
}

void stop_other_cpus() {
    constexpr auto patience = Nanoseconds::milliseconds(100);
    InterruptsOff const off;
    if (early_memory_open() || stopping.exchange(true))
        return;
    auto const& self = this_cpu();
    for (usize i = 0; i < cpu_count(); ++i)
        if (i != self.index)
            send_nmi(cpu_data(i).apic_id);
    for (usize i = 0; i < cpu_count(); ++i)
        if (i != self.index)
            static_cast<void>(wait_until_caught(i, patience));
}

CaughtCpu const* stopped_cpu(usize cpu) {
    return catches[cpu].state.load() == Catch::caught ? &catches[cpu].at : nullptr;
}

CaughtCpu const* hold_cpu(usize cpu) {
    constexpr auto patience = Nanoseconds::seconds(1);
    InterruptsOff const off;
    catches[cpu].state.store(Catch::wanted);
    send_nmi(cpu_data(cpu).apic_id);
    if (wait_until_caught(cpu, patience))
        return &catches[cpu].at;
    u32 seen = Catch::wanted; // it may answer just now
    return catches[cpu].state.compare_exchange(seen, Catch::free) ? nullptr : &catches[cpu].at;
}

void let_go_of_cpu(usize cpu) {
    catches[cpu].state.store(Catch::free);
}

} // namespace arch
