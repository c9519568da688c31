// Bugs where the caller cannot be unwound: they end there, and the task later.

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/task/thread.hpp"

bool survive(void (*function)(void*), void* argument) noexcept {
    try {
        function(argument);
        return true;
    } catch (KernelBug const& bug) {
        doom_task(bug.what); // guards have put preemption and interrupts back
        return false;
    }
}

bool upcall::is_abandoned() noexcept {
    return arch::current_thread() != nullptr && task::Thread::current().take_stall();
}

void doom_task(char const* bug) noexcept {
    // Whoever was interrupted has nothing to do with it.
    if (!arch::in_interrupt() && arch::current_thread() != nullptr)
        task::Thread::current().doom(bug);
}
