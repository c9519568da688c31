// Atomic<T>: std::atomic's operations without noexcept, so that a fault inside one can unwind its
// caller.
#pragma once

#include <atomic>
#include <type_traits>

template <class T>
class Atomic {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 8);

public:
    constexpr Atomic() = default;

    constexpr explicit Atomic(T value) : value_(value) {}

    Atomic(Atomic const&) = delete;
    Atomic& operator=(Atomic const&) = delete;

    T load(std::memory_order order = std::memory_order_seq_cst) const {
        T value;
        __atomic_load(&value_, &value, static_cast<int>(order));
        return value;
    }

    void store(T value, std::memory_order order = std::memory_order_seq_cst) {
        __atomic_store(&value_, &value, static_cast<int>(order));
    }

    T exchange(T value, std::memory_order order = std::memory_order_seq_cst) {
        T old;
        __atomic_exchange(&value_, &value, &old, static_cast<int>(order));
        return old;
    }

    /// On failure `expected` becomes the value found.
    bool compare_exchange(T& expected, T wanted,
                          std::memory_order order = std::memory_order_seq_cst) {
        return __atomic_compare_exchange(&value_, &expected, &wanted, false,
                                         static_cast<int>(order), __ATOMIC_RELAXED);
    }

    T fetch_add(T by, std::memory_order order = std::memory_order_seq_cst) {
        return __atomic_fetch_add(&value_, by, static_cast<int>(order));
    }

    T fetch_sub(T by, std::memory_order order = std::memory_order_seq_cst) {
        return __atomic_fetch_sub(&value_, by, static_cast<int>(order));
    }

    T fetch_or(T bits, std::memory_order order = std::memory_order_seq_cst) {
        return __atomic_fetch_or(&value_, bits, static_cast<int>(order));
    }

    T fetch_and(T bits, std::memory_order order = std::memory_order_seq_cst) {
        return __atomic_fetch_and(&value_, bits, static_cast<int>(order));
    }

private:
    alignas(sizeof(T)) T value_{};
};
