// Threads.
#include "user/os/thread.hpp"

#include "libs/base/box.hpp"

#include "user/os/kernel_time.hpp"

namespace os {

using core::call;
using core::Syscall;

Result<Thread> Thread::launch(Control* control, usize stack) {
    Box<Control> owned(control);
    auto const run = [](void* started) { static_cast<Control*>(started)->run(); };
    TRY(succeeded(linnet_thread_start(&control->thread, stack, run, control)));
    return Thread(owned.release());
}

void Thread::join() noexcept {
    Box<Control> const ended(std::exchange(control_, nullptr));
    if (ended)
        linnet_thread_join(&ended->thread);
}

int thread_id() noexcept {
    return static_cast<int>(call(Syscall::gettid));
}

void yield() noexcept {
    call(Syscall::sched_yield);
}

void Condition::wait(Hold& hold) noexcept {
    (void)wait(hold, Nanoseconds::never());
}

bool Condition::wait(Hold& hold, Nanoseconds patience) noexcept {
    u32 const seen = changes_.load(std::memory_order_relaxed);
    hold.mutex_->unlock();
    auto const time = kernel_time(patience);
    long const answer = call(Syscall::futex, &changes_, uapi::futex_wait | uapi::futex_private,
                             seen, patience == Nanoseconds::never() ? nullptr : &time);
    hold.mutex_->lock();
    return answer != -static_cast<long>(Errno::etimedout);
}

void Condition::wake_one() noexcept {
    changes_.fetch_add(1, std::memory_order_relaxed);
    call(Syscall::futex, &changes_, uapi::futex_wake | uapi::futex_private, 1);
}

void Condition::wake_all() noexcept {
    changes_.fetch_add(1, std::memory_order_relaxed);
    call(Syscall::futex, &changes_, uapi::futex_wake | uapi::futex_private, INT32_MAX);
}

} // namespace os
