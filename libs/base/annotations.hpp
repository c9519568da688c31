// Attributes that only one compiler knows, behind names that both accept.
#pragma once

#if defined(__clang__)
#define CLANG_ATTRIBUTE(x) __attribute__((x))
#define LIFETIME_BOUND [[clang::lifetimebound]]
#else
#define CLANG_ATTRIBUTE(x)
#define LIFETIME_BOUND
#endif

#define CAPABILITY(name) CLANG_ATTRIBUTE(capability(name))
#define SCOPED_CAPABILITY CLANG_ATTRIBUTE(scoped_lockable)
#define GUARDED_BY(lock) CLANG_ATTRIBUTE(guarded_by(lock))
#define ACQUIRES(...) CLANG_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RELEASES(...) CLANG_ATTRIBUTE(release_capability(__VA_ARGS__))
#define REQUIRES_LOCK(...) CLANG_ATTRIBUTE(requires_capability(__VA_ARGS__))

/// Code whose failure cannot cost one task only: it halts with a full report instead of unwinding.
/// Use on function definitions together with noexcept: `VITAL void pick_next() noexcept`.
#if defined(LINNET_HOST_RUNTIME) // the kernel's C++ runtime in a host program; ld knows its bounds
#define VITAL __attribute__((section("text_vital")))
#elif defined(LINNET_HOST)
#define VITAL
#else
#define VITAL __attribute__((section(".text.vital")))
#endif
