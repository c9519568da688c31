// What runs a context of the host machine.
#pragma once

#include "kernel/arch/api/user_registers.hpp"
#include "libs/base/address.hpp"

#include <vector>

namespace host {

/// A copy of a user thread's registers, and a place to run: a host thread, or only a stack.
class Body {
public:
    virtual ~Body() = default;

    /// From the first switch_to() this runs; it must not return.
    virtual void start(void (*entry)(void*), void* argument) = 0;
    /// By the body that runs: hands its CPU to `next`, and comes back when it is handed one.
    virtual void switch_to(Body& next) = 0;

    /// Of one that does not run. Only where all are on one host thread.
    virtual VirtAddr stack_pointer() const { return VirtAddr(); }

    arch::UserRegisters registers{};
};

Body* make_thread_body();
Body* make_stack_body();

/// Where the stacks of stack bodies are, `stack_size` bytes each, whether in use or not.
inline constexpr usize stack_size = 256_KiB;
std::vector<void*> const& all_stacks();

} // namespace host
