// Keeping translation caches true, on this CPU and the others.
#pragma once

#include "kernel/arch/api/page_table.hpp"

namespace arch {

/// Everything this CPU cached, global pages too.
void flush_whole_tlb();
/// One page of the kernel half, on all CPUs; waits for them.
void flush_kernel_pages(VirtAddr start, usize count);
/// No CPU uses this user table any more afterwards.
void leave_table_everywhere(u64 root);
/// Interrupt: other CPUs want something flushed here.
void serve_shootdowns();

/// One page of the kernel half, with raw entry bits. ENOMEM.
Result<void> enter_kernel_page(VirtAddr at, PhysAddr frame, u64 rights);
/// How much higher than linked the kernel runs.
u64 kernel_slide();

} // namespace arch
