// The bare ticket lock: no registry, no poison, no checks. For vital code and inside other locks.
#pragma once

#include "kernel/arch/api/cpu.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/types.hpp"

namespace ksync {

/// First come, first served. The caller keeps preemption (or interrupts) off while it holds it.
class RawSpinLock {
public:
    constexpr RawSpinLock() = default;
    RawSpinLock(RawSpinLock const&) = delete;
    RawSpinLock& operator=(RawSpinLock const&) = delete;

    void acquire() {
        u32 const ticket = next_.fetch_add(1, std::memory_order_relaxed);
        while (serving_.load(std::memory_order_acquire) != ticket)
            arch::relax();
    }

    bool try_acquire() {
        u32 ticket = serving_.load(std::memory_order_acquire);
        return next_.compare_exchange(ticket, ticket + 1);
    }

    void release() {
        serving_.store(serving_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }

    bool held() const {
        return next_.load(std::memory_order_relaxed) != serving_.load(std::memory_order_relaxed);
    }

private:
    Atomic<u32> next_{0}; ///< ticket to draw
    Atomic<u32> serving_{0};
};

} // namespace ksync
