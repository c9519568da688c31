// ptrace(2): the requests, and what they read. Data only.
#pragma once

#include <cstdint>

namespace uapi {

enum class PtraceRequest : std::uint64_t {
    peek_text = 1,
    peek_data = 2,
    cont = 7,
    get_registers = 12, ///< UserRegisters
    attach = 16,
    detach = 17,
    get_register_set = 0x4204,
    seize = 0x4206,
    interrupt = 0x4207,
};

/// Behind SIGTRAP in the status of a thread that PTRACE_INTERRUPT stopped.
inline constexpr int ptrace_event_stop = 128;

/// struct user_regs_struct, as words: r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi
/// orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs.
struct UserRegisters {
    std::uint64_t words[27];
};

} // namespace uapi
