// What a thread keeps while it does not run, and how to switch between two.
#pragma once

#include "kernel/arch/api/user_registers.hpp"
#include "libs/base/address.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/result.hpp"

#include <cstddef>

namespace arch {

/// A thread's saved state: kernel stack pointer, user TLS bases, FPU state.
class Context {
public:
    Context() = default;
    Context(Context const&) = delete;
    Context& operator=(Context const&) = delete;
    ~Context();

    /// A kernel thread: runs entry(argument) on the stack that ends at `stack_top`. The function
    /// must not return. Starts with interrupts disabled and preemption disabled once, as
    /// switch_context() leaves them; upcall::thread_started() runs first and undoes that.
    Result<void> start_at(VirtAddr stack_top, void (*entry)(void*), void* argument);

    /// A user thread: as start_at, then leaves to user mode with `registers`. Allocates FPU state,
    /// as a copy of `like`'s when given (fork), else fresh.
    Result<void> start_user(VirtAddr stack_top, UserRegisters const& registers,
                            Context const* like = nullptr);

    /// The registers saved by the entry from user mode, at the top of this thread's kernel stack.
    UserRegisters& user_registers();

    /// User thread-local storage bases; of the running thread these act at once.
    u64 tls_base() const;
    void set_tls_base(u64 base);
    u64 second_tls_base() const;
    void set_second_tls_base(u64 base);

    /// Initial FPU state, as execve gives it; allocates it for a thread that had none.
    Result<void> reset_fpu();
    /// Of the running thread: makes float_state() what the CPU has now.
    void save_float_state();
    /// As of the last save or switch away, in the machine's format for core dumps; empty for a
    /// thread that has none.
    ConstBytes float_state() const;

    // Everything below belongs to the implementation.
    u64 stack_pointer = 0;
    u64 stack_top = 0;
    u64 fs_base = 0;
    u64 gs_base = 0;
    std::byte* fpu = nullptr; ///< XSAVE area, 64-byte aligned; nullptr for kernel threads
    u32 faults_off = 0;       ///< FaultsOff objects that are alive
    void* host = nullptr;     ///< arch/host: the thread behind this context
};

/// Saves into `from`, continues `to`. Called with interrupts disabled. Returns when somebody
/// switches back to `from`.
void switch_context(Context& from, Context& to);

/// Leaves for user mode with the running thread's user_registers(), after upcall::before_user().
/// For the first program and for execve; never returns.
[[noreturn]] void enter_user(Context& self, UserRegisters const& registers);

} // namespace arch
