// Flushing translations here and on other CPUs, with acknowledgement.
#include "kernel/arch/x86_64/tlb.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"
#include "kernel/arch/x86_64/local_apic.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "libs/base/retry.hpp"

#include "libs/base/persist.hpp"

#include <bit>

namespace arch {

/// What one CPU wants the others to forget. Lives on the sender's stack until all have answered.
struct Shootdown {
    enum class What { pages, whole_user_half, kernel_pages, leave_table };
    What what;
    u64 root = 0; ///< of the user table meant
    UserAddr const* pages = nullptr;
    usize count = 0;
    VirtAddr kernel_start{};
    Atomic<u32> unanswered{0};
};

namespace {

void carry_out(Shootdown const& wanted) {
    if (wanted.what == Shootdown::What::kernel_pages) {
        for (usize i = 0; i < wanted.count; ++i)
            flush_page(wanted.kernel_start.value() + i * page_size);
        return;
    }
    // A CPU that took up the table after the change has flushed by loading CR3.
    if (this_cpu().active_root.load() != wanted.root)
        return;
    switch (wanted.what) {
    case Shootdown::What::pages:
        for (usize i = 0; i < wanted.count; ++i)
            flush_page(wanted.pages[i].value());
        break;
    case Shootdown::What::leave_table:
        PageTable::activate_kernel();
        break;
    default:
        write_cr3(wanted.root);
    }
}

bool concerns(CpuData const& cpu, Shootdown const& wanted) {
    if (!cpu.online.load())
        return false;
    return wanted.what == Shootdown::What::kernel_pages || cpu.active_root.load() == wanted.root;
}

/// On this CPU and on all others that may hold such translations. While it waits, it serves what
/// others want from here: two CPUs that do this at once both come through.
void everywhere(Shootdown& wanted) {
    InterruptsOff const off;
    auto& self = this_cpu();
    // Orders the change of the table before the look at who uses it.
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    carry_out(wanted);

    usize const count = cpu_count();
    u64 targets = 0;
    for (usize i = 0; i < count; ++i)
        if (i != self.index && concerns(cpu_data(i), wanted))
            targets |= u64{1} << i;
    if (targets == 0)
        return;
    wanted.unanswered.store(static_cast<u32>(std::popcount(targets)));
    self.shootdown.store(&wanted);
    for (u64 left = targets; left != 0; left &= left - 1) {
        auto& target = cpu_data(static_cast<usize>(std::countr_zero(left)));
        target.shootdown_senders.fetch_or(u64{1} << self.index);
        send_interrupt(target.apic_id, shootdown_vector);
    }
    while (wanted.unanswered.load() != 0) {
        serve_shootdowns();
        relax();
    }
    self.shootdown.store(nullptr);
}

} // namespace

void serve_shootdowns() {
    for (u64 senders = this_cpu().shootdown_senders.exchange(0); senders != 0;
         senders &= senders - 1) {
        // Without an answer the sender would wait for ever.
        retry_after_bug([senders] {
            auto& sender = cpu_data(static_cast<usize>(std::countr_zero(senders)));
            auto& wanted = *sender.shootdown.load();
            carry_out(wanted);
            wanted.unanswered.fetch_sub(1);
        });
    }
}

void flush_whole_tlb() {
    u64 const cr4 = read_cr4();
    write_cr4(cr4 & ~cr4_global_pages);
    write_cr4(cr4);
}

void flush_kernel_pages(VirtAddr start, usize count) {
    Shootdown wanted{.what = Shootdown::What::kernel_pages, .count = count, .kernel_start = start};
    everywhere(wanted);
}

void leave_table_everywhere(u64 root) {
    Shootdown wanted{.what = Shootdown::What::leave_table, .root = root};
    everywhere(wanted);
}

void TlbBatch::flush() noexcept {
    if (count_ == 0)
        return;
    persist([this] { flush_once(); });
    count_ = 0;
}

void TlbBatch::flush_once() const {
    Shootdown wanted{.what = count_ <= limit ? Shootdown::What::pages
                                             : Shootdown::What::whole_user_half,
                     .root = table_.root(),
                     .pages = pages_,
                     .count = count_};
    everywhere(wanted);
}

void PageTable::activate() const {
    this_cpu().active_root.store(root_);
    write_cr3(root_);
}

void PageTable::activate_kernel() {
    this_cpu().active_root.store(kernel_root());
    write_cr3(kernel_root());
}

} // namespace arch
