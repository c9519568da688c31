// What the places that contain bugs in threads have in common.
#pragma once

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/sync/blocking.hpp"
#include "kernel/sync/held.hpp"

namespace task {

/// Later the kernel looks for what the bug has left without an owner; see orphans.hpp.
void note_caught_bug() noexcept;

/// Releases and poisons what skipped frames below the caller's still hold; preemption is disabled
/// `preemption` times again, as it was on entry, interrupts are on, and the thread is not about to
/// sleep. Inlined, so that the caller's frame is the limit.
[[gnu::always_inline]] inline void put_back(u32 preemption) noexcept {
    ksync::release_abandoned(nullptr, __builtin_frame_address(0));
    arch::reset_preemption(preemption);
    arch::enable_interrupts();
    ksync::cancel_block();
}

/// After a bug was caught.
[[gnu::always_inline]] inline void recover(u32 preemption) noexcept {
    put_back(preemption);
    note_caught_bug();
}

} // namespace task
