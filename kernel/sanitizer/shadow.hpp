// The shadow's bytes: what they mean, and finding one that forbids an access.
#pragma once

#include "kernel/arch/x86_64/shadow.hpp"

namespace sanitizer {

// 0: all 8 bytes may be touched; 1 to 7: only so many from the first. Anything else says why not;
// the compiler's own values are those of LLVM's compiler-rt (lib/asan).
inline constexpr u8 stack_left = 0xf1;
inline constexpr u8 stack_middle = 0xf2;
inline constexpr u8 stack_right = 0xf3;
inline constexpr u8 stack_out_of_scope = 0xf8;
inline constexpr u8 alloca_left = 0xca;
inline constexpr u8 alloca_right = 0xcb;
inline constexpr u8 global_zone = 0xf9;

/// The first address of [at, at + bytes) that must not be touched; 0 when all may be.
u64 find_hidden(u64 at, u64 bytes) noexcept;

/// Hides [at, at + bytes), up to the next multiple of 8.
void hide(u64 at, u64 bytes, u8 why) noexcept;
/// Shows [at, at + bytes), from a multiple of 8.
void show(u64 at, u64 bytes) noexcept;

/// Logs everything about an access that is not allowed and throws it as a bug.
[[noreturn]] void report_access(u64 at, u64 bytes, char const* access, u64 caller);

} // namespace sanitizer
