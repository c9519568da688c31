// Bugs where the caller cannot be unwound: they end there, and the task later.

#include "kernel/task/containment.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/task/destructors.hpp"
#include "kernel/task/thread.hpp"

#include <optional>

namespace {

std::optional<KernelBug> bug_of(void (*function)(void*), void* argument) noexcept {
    try {
        function(argument);
        return std::nullopt;
    } catch (KernelBug const& bug) {
        doom_task(bug.what); // guards have put preemption and interrupts back
        return bug;
    }
}

} // namespace

bool survive(void (*function)(void*), void* argument) noexcept {
    return !bug_of(function, argument);
}

bool survive_destructor(void (*destroy)(void*), void* object) noexcept {
    struct Rest {
        void const* object;
        u64 instruction;
        task::Destructor destructor = nullptr;
    };

    constexpr int most_tries = 4; // a base's may fail, too
    auto bug = bug_of(destroy, object);
    if (!bug)
        return true;
    for (int tries = 0; bug && tries < most_tries; ++tries) {
        Rest rest{.object = object, .instruction = bug->instruction};
        survive(
            [](void* argument) {
                auto& left = *static_cast<Rest*>(argument);
                left.destructor = task::unbegun_destructor(left.object, left.instruction);
            },
            &rest);
        if (rest.destructor == nullptr)
            break;
        bug = bug_of(rest.destructor, object);
    }
    return false;
}

bool upcall::is_abandoned() noexcept {
    return arch::current_thread() != nullptr && task::Thread::current().take_stall();
}

void doom_task(char const* bug) noexcept {
    task::note_caught_bug();
    // Whoever was interrupted has nothing to do with it.
    if (!arch::in_interrupt() && arch::current_thread() != nullptr)
        task::Thread::current().doom(bug);
}
