// The registers of a user program, saved whole at the top of its kernel stack by every entry.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/types.hpp"

namespace arch {

/// Order and names are those of Linux's user_regs_struct (without the segment bases), which ptrace
/// and core dumps use. Generic code calls the functions and leaves the members to arch.
struct UserRegisters {
    u64 r15, r14, r13, r12, rbp, rbx;
    u64 r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    u64 orig_rax; ///< the system call's number, or ~0 for any other entry
    u64 rip, cs, rflags, rsp, ss;

    UserAddr instruction() const { return UserAddr(rip); }

    UserAddr stack() const { return UserAddr(rsp); }

    void set_stack(UserAddr at) { rsp = at.value(); }

    bool from_system_call() const { return orig_rax != ~u64{0}; }

    u64 system_call_number() const { return orig_rax; }

    u64 argument(usize index) const {
        u64 const values[] = {rdi, rsi, rdx, r10, r8, r9};
        return index < 6 ? values[index] : 0;
    }

    /// What the system call returns to the program; errors are negated errno values.
    void set_result(i64 value) { rax = static_cast<u64>(value); }

    i64 result() const { return static_cast<i64>(rax); }

    /// Makes the program repeat the system call it is in when it next runs.
    void restart_system_call() {
        rax = orig_rax;
        rip -= 2; // the length of `syscall`
    }
};

/// What the CPU offers programs, as Linux words it: AT_HWCAP and AT_HWCAP2.
struct ProgramFeatures {
    u64 first, second;
};

ProgramFeatures program_features();

/// Registers with which a fresh program starts.
UserRegisters program_start(UserAddr entry, UserAddr stack);

} // namespace arch
