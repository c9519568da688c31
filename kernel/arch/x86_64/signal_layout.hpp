// The frame that a signal handler finds on its stack: Linux's struct rt_sigframe for x86-64.
//
//   stack before    +--------------------------------+
//                   | red zone, 128 bytes            |
//                   +--------------------------------+
//                   | FPU state, as XSAVE stores it  |  64-byte aligned
//                   +--------------------------------+
//                   | siginfo                        |
//                   | ucontext                       |
//   handler's rsp   | return address: the restorer   |  16-byte aligned + 8
//                   +--------------------------------+
#pragma once

#include "libs/base/types.hpp"

#include <cstddef>

namespace arch {

/// asm/sigcontext.h: struct sigcontext_64.
struct SignalContext {
    u64 r8, r9, r10, r11, r12, r13, r14, r15;
    u64 rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, rflags;
    u16 cs, gs, fs, ss;
    u64 error, trap, old_mask, cr2;
    u64 fpu_state; ///< address, or 0
    u64 reserved[8];
};

static_assert(sizeof(SignalContext) == 256);

struct SignalStack {
    u64 start;
    i32 flags;
    u32 padding;
    u64 size;
};

/// asm/ucontext.h.
struct UserContext {
    u64 flags;
    u64 link;
    SignalStack stack;
    SignalContext registers;
    u64 mask;
};

inline constexpr u64 context_has_xstate = 1;
inline constexpr u64 context_has_ss = 2;
inline constexpr u64 context_strict_ss = 4;

struct SignalFrameLayout {
    u64 restorer;
    UserContext context;
    std::byte info[128];
};

static_assert(offsetof(SignalFrameLayout, info) == 8 + 304);
static_assert(sizeof(SignalFrameLayout) == 440);

/// asm/sigcontext.h: struct _fpx_sw_bytes, in the last 48 bytes of the FXSAVE area. Says how much
/// of the state follows; a second magic number stands right behind it.
struct ExtendedState {
    u32 magic;
    u32 extended_size; ///< with the second magic number
    u64 parts;
    u32 size;
    u32 padding[7];
};

static_assert(sizeof(ExtendedState) == 48);
inline constexpr usize extended_state_at = 464;
inline constexpr usize fxsave_size = 512;
inline constexpr u32 first_magic = 0x4650'5853;
inline constexpr u32 second_magic = 0x4650'5845;

} // namespace arch
