// Host tests without threads of the kernel: nothing survives its bugs.
#include "libs/base/bug.hpp"

#include <exception>

bool survive(void (*function)(void*), void* argument) noexcept {
    function(argument);
    return true;
}

void doom_task(char const*) noexcept {
    std::terminate();
}
