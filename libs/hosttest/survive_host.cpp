// Host tests without threads of the kernel: a bug costs what was being done, and no task.
#include "libs/base/bug.hpp"

#include <exception>

bool survive(void (*function)(void*), void* argument) noexcept {
    try {
        function(argument);
        return true;
    } catch (KernelBug const&) { // has been reported
        return false;
    }
}

bool survive_destructor(void (*destroy)(void*), void* object) noexcept {
    return survive(destroy, object);
}

void doom_task(char const*) noexcept {
    std::terminate();
}
