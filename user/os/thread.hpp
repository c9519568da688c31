// Threads, and what they share: Mutex, Guarded<T>, Condition.
#pragma once

#include "libs/base/units.hpp"
#include "user/abi/linnet.h"
#include "user/abi/lock.hpp"
#include "user/os/error.hpp"

#include <atomic>
#include <memory>
#include <utility>

namespace os {

/// A thread that runs a callable. Whoever owns this waits for it: in join(), or when this dies. An
/// exception that leaves the callable ends the process.
class Thread {
public:
    static constexpr usize default_stack = 256_KiB;

    Thread() = default;

    /// `stack` is in bytes, rounded up to pages; a guard page lies below it. ENOMEM, EAGAIN. The
    /// callable is moved in.
    template <class Callable>
    static Result<Thread> start(Callable callable, usize stack = default_stack) {
        return launch(new Work<Callable>(std::move(callable)), stack);
    }

    Thread(Thread&& other) noexcept : control_(std::exchange(other.control_, nullptr)) {}

    Thread& operator=(Thread&& other) noexcept {
        std::swap(control_, other.control_);
        return *this;
    }

    ~Thread() { join(); }

    /// Returns when it has ended and its stack is gone.
    void join() noexcept;

    explicit operator bool() const noexcept { return control_ != nullptr; }

private:
    struct Control {
        virtual void run() = 0;
        virtual ~Control() = default;

        linnet_thread thread = {};
    };

    template <class Callable>
    struct Work final : Control {
        explicit Work(Callable given) : callable(std::move(given)) {}

        void run() override { callable(); }

        Callable callable;
    };

    explicit Thread(Control* control) noexcept : control_(control) {}

    /// Owns `control` from now on.
    static Result<Thread> launch(Control* control, usize stack);

    Control* control_ = nullptr;
};

/// The calling thread's number, unique in the system.
int thread_id() noexcept;
/// Lets others run.
void yield() noexcept;

/// Sleeps when it is taken. Not recursive, and not fair: whoever comes first takes it.
class Mutex {
public:
    constexpr Mutex() = default;

    void lock() noexcept { lock_.lock(); }

    bool try_lock() noexcept { return lock_.try_lock(); }

    void unlock() noexcept { lock_.unlock(); }

private:
    core::Lock lock_;
};

/// Holds a Mutex as long as it lives.
class [[nodiscard]] Hold {
public:
    explicit Hold(Mutex& mutex) noexcept : mutex_(&mutex) { mutex.lock(); }

    Hold(Hold const&) = delete;
    Hold& operator=(Hold const&) = delete;

    ~Hold() { mutex_->unlock(); }

private:
    friend class Condition;
    Mutex* mutex_;
};

/// Data and the Mutex that it may only be reached through: `value.lock()->push_back(1)`.
template <class T>
class Guarded {
public:
    class [[nodiscard]] Access {
    public:
        explicit Access(Guarded& owner) noexcept : hold_(owner.mutex_), value_(owner.value_) {}

        T* operator->() const noexcept { return std::addressof(value_); }

        T& operator*() const noexcept { return value_; }

        Hold& hold() noexcept { return hold_; }

    private:
        Hold hold_;
        T& value_;
    };

    Guarded() = default;

    template <class... Arguments>
    explicit Guarded(Arguments&&... arguments) : value_(std::forward<Arguments>(arguments)...) {}

    Access lock() noexcept { return Access(*this); }

private:
    Mutex mutex_;
    T value_{};
};

/// Threads wait for a change of what a Mutex guards. They may wake without one: `while (!changed)
/// wait(hold);`
class Condition {
public:
    /// Lets go of the mutex while it waits.
    void wait(Hold& hold) noexcept;
    /// False when the time is over.
    bool wait(Hold& hold, Nanoseconds patience) noexcept;
    void wake_one() noexcept;
    void wake_all() noexcept;

private:
    std::atomic<u32> changes_{0};
};

} // namespace os
