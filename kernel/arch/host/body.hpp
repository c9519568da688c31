// What runs a context of the host machine.
#pragma once

#include "kernel/arch/api/user_registers.hpp"
#include "libs/base/types.hpp"

namespace host {

/// A copy of a user thread's registers, and a place to run: a host thread, or only a stack.
class Body {
public:
    virtual ~Body() = default;

    /// From the first switch_to() this runs; it must not return.
    virtual void start(void (*entry)(void*), void* argument) = 0;
    /// By the body that runs: hands its CPU to `next`, and comes back when it is handed one.
    virtual void switch_to(Body& next) = 0;

    arch::UserRegisters registers{};
};

Body* make_thread_body();
Body* make_stack_body();

} // namespace host
