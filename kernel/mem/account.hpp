// Accounts: who a frame is charged to, so that groups of processes can be limited.
#pragma once

#include "libs/base/atomic.hpp"
#include "libs/base/types.hpp"

namespace mem {

/// Outlives every frame that is charged to it.
class Account {
public:
    constexpr explicit Account(u64 limit_pages = ~u64{0}) : limit_(limit_pages) {}

    /// False, charging nothing, when the limit would be exceeded.
    bool charge(u64 pages) {
        u64 const before = pages_.fetch_add(pages, MemoryOrder::relaxed);
        if (before + pages <= limit_.load(MemoryOrder::relaxed))
            return true;
        pages_.fetch_sub(pages, MemoryOrder::relaxed);
        return false;
    }

    void refund(u64 pages) { pages_.fetch_sub(pages, MemoryOrder::relaxed); }

    u64 pages() const { return pages_.load(MemoryOrder::relaxed); }

    void set_limit(u64 pages) { limit_.store(pages, MemoryOrder::relaxed); }

private:
    Atomic<u64> pages_{0};
    Atomic<u64> limit_;
};

} // namespace mem
