// Atomic<T>: std::atomic's operations without noexcept, so that a fault inside one can unwind its
// caller.
#pragma once

#include <type_traits>

/// As std::memory_order, which is in <atomic> only: 37,000 lines for every source to read.
enum class MemoryOrder : int {
    relaxed = __ATOMIC_RELAXED,
    acquire = __ATOMIC_ACQUIRE,
    release = __ATOMIC_RELEASE,
    acq_rel = __ATOMIC_ACQ_REL,
    seq_cst = __ATOMIC_SEQ_CST,
};

template <class T>
class Atomic {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 8);

public:
    constexpr Atomic() noexcept(false) = default;

    constexpr explicit Atomic(T value) : value_(value) {}

    Atomic(Atomic const&) = delete;
    Atomic& operator=(Atomic const&) = delete;

    T load(MemoryOrder order = MemoryOrder::seq_cst) const {
        T value;
        __atomic_load(&value_, &value, static_cast<int>(order));
        return value;
    }

    void store(T value, MemoryOrder order = MemoryOrder::seq_cst) {
        __atomic_store(&value_, &value, static_cast<int>(order));
    }

    T exchange(T value, MemoryOrder order = MemoryOrder::seq_cst) {
        T old;
        __atomic_exchange(&value_, &value, &old, static_cast<int>(order));
        return old;
    }

    /// On failure `expected` becomes the value found.
    bool compare_exchange(T& expected, T wanted, MemoryOrder order = MemoryOrder::seq_cst) {
        return __atomic_compare_exchange(&value_, &expected, &wanted, false,
                                         static_cast<int>(order), __ATOMIC_RELAXED);
    }

    T fetch_add(T by, MemoryOrder order = MemoryOrder::seq_cst) {
        return __atomic_fetch_add(&value_, by, static_cast<int>(order));
    }

    T fetch_sub(T by, MemoryOrder order = MemoryOrder::seq_cst) {
        return __atomic_fetch_sub(&value_, by, static_cast<int>(order));
    }

    T fetch_or(T bits, MemoryOrder order = MemoryOrder::seq_cst) {
        return __atomic_fetch_or(&value_, bits, static_cast<int>(order));
    }

    T fetch_and(T bits, MemoryOrder order = MemoryOrder::seq_cst) {
        return __atomic_fetch_and(&value_, bits, static_cast<int>(order));
    }

private:
    alignas(sizeof(T)) T value_{};
};
