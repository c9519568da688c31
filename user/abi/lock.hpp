// The lock of the user library's own data: three states of a word, sleeping in futex(2).
#pragma once

#include "abi/process.hpp"
#include "user/abi/syscall.hpp"

#include <atomic>

namespace core {

/// Needs no initialisation at run time, and none of its work when nobody else wants it.
class Lock {
public:
    constexpr Lock() = default;
    Lock(Lock const&) = delete;
    Lock& operator=(Lock const&) = delete;

    void lock() noexcept {
        u32 seen = free;
        if (state_.compare_exchange_strong(seen, taken, std::memory_order_acquire))
            return;
        // From here on it counts as wanted: whoever lets go wakes one.
        while (state_.exchange(wanted, std::memory_order_acquire) != free)
            call(Syscall::futex, &state_, uapi::futex_wait | uapi::futex_private, wanted, nullptr);
    }

    bool try_lock() noexcept {
        u32 seen = free;
        return state_.compare_exchange_strong(seen, taken, std::memory_order_acquire);
    }

    void unlock() noexcept {
        if (state_.exchange(free, std::memory_order_release) == wanted)
            call(Syscall::futex, &state_, uapi::futex_wake | uapi::futex_private, 1);
    }

private:
    static constexpr u32 free = 0;
    static constexpr u32 taken = 1;
    static constexpr u32 wanted = 2;

    std::atomic<u32> state_{free};
};

class Locked {
public:
    explicit Locked(Lock& lock) noexcept : lock_(lock) { lock_.lock(); }

    Locked(Locked const&) = delete;
    Locked& operator=(Locked const&) = delete;

    ~Locked() { lock_.unlock(); }

private:
    Lock& lock_;
};

} // namespace core
