// What code built with -fsanitize=kernel-address calls before it touches memory, and to say what it
// may touch.
//
// Names and calling conventions are those of LLVM's compiler-rt (lib/asan).
#include "kernel/sanitizer/report.hpp"
#include "kernel/sanitizer/shadow.hpp"

#include <cstring>

#if defined(LINNET_KASAN)

namespace {

using arch::shadow::of;

/// An access of up to 8 bytes: one or two shadow bytes decide.
template <u64 bytes>
bool is_allowed(u64 at) {
    u8 const* const shadow = of(at);
    if (shadow == nullptr)
        return true;
    u64 const last = at % 8 + bytes - 1;
    if (last < 8) [[likely]]
        return *shadow == 0 || (last < *shadow && *shadow < 8);
    return sanitizer::find_hidden(at, bytes) == 0;
}

template <u64 bytes>
void check(u64 at, char const* access, u64 caller) {
    if (!is_allowed<bytes>(at)) [[unlikely]]
        sanitizer::report_access(at, bytes, access, caller);
}

void check_range(u64 at, u64 bytes, char const* access, u64 caller) {
    if (sanitizer::find_hidden(at, bytes) != 0) [[unlikely]]
        sanitizer::report_access(at, bytes, access, caller);
}

u64 number(void const* pointer) {
    return address_of(pointer).value();
}

/// Something reads `from` and does `access` to `other`.
void check_both(void const* from, void const* other, u64 bytes, char const* access, u64 caller) {
    check_range(number(from), bytes, "read", caller);
    check_range(number(other), bytes, access, caller);
}

/// The compiler hands over addresses of the shadow itself.
void set_shadow(u64 shadow, u64 bytes, u8 value) {
    u64 const address = (shadow - arch::shadow::offset) << 3;
    if (u8* const tracked = of(address))
        std::memset(tracked, value, bytes);
}

} // namespace

extern "C" {

#define LINNET_ACCESS(bytes)                                                                       \
    void __asan_load##bytes##_noabort(u64 at) {                                                    \
        check<bytes>(at, "read", LINNET_CALLER);                                                   \
    }                                                                                              \
    void __asan_store##bytes##_noabort(u64 at) {                                                   \
        check<bytes>(at, "write", LINNET_CALLER);                                                  \
    }
LINNET_ACCESS(1)
LINNET_ACCESS(2)
LINNET_ACCESS(4)
LINNET_ACCESS(8)
#undef LINNET_ACCESS

void __asan_loadN_noabort(u64 at, u64 bytes) {
    check_range(at, bytes, "read", LINNET_CALLER);
}

void __asan_storeN_noabort(u64 at, u64 bytes) {
    check_range(at, bytes, "write", LINNET_CALLER);
}

void __asan_load16_noabort(u64 at) {
    check_range(at, 16, "read", LINNET_CALLER);
}

void __asan_store16_noabort(u64 at) {
    check_range(at, 16, "write", LINNET_CALLER);
}

// The linker sends every call of these here (see cmake/sanitize.cmake).
void* __real_memcpy(void* to, void const* from, usize bytes);
void* __real_memmove(void* to, void const* from, usize bytes);
void* __real_memset(void* to, int value, usize bytes);
int __real_memcmp(void const* one, void const* other, usize bytes);
u64 __real_user_copy(void* to, void const* from, u64 bytes);

void* __wrap_memcpy(void* to, void const* from, usize bytes) {
    check_both(from, to, bytes, "write", LINNET_CALLER);
    return __real_memcpy(to, from, bytes);
}

void* __wrap_memmove(void* to, void const* from, usize bytes) {
    check_both(from, to, bytes, "write", LINNET_CALLER);
    return __real_memmove(to, from, bytes);
}

void* __wrap_memset(void* to, int value, usize bytes) {
    check_range(number(to), bytes, "write", LINNET_CALLER);
    return __real_memset(to, value, bytes);
}

int __wrap_memcmp(void const* one, void const* other, usize bytes) {
    check_both(one, other, bytes, "read", LINNET_CALLER);
    return __real_memcmp(one, other, bytes);
}

int __wrap_bcmp(void const* one, void const* other, usize bytes) {
    check_both(one, other, bytes, "read", LINNET_CALLER);
    return __real_memcmp(one, other, bytes);
}

u64 __wrap_user_copy(void* to, void const* from, u64 bytes) {
    check_both(from, to, bytes, "write", LINNET_CALLER); // user memory has no shadow
    return __real_user_copy(to, from, bytes);
}

#define LINNET_SET_SHADOW(value)                                                                   \
    void __asan_set_shadow_##value(u64 shadow, u64 bytes) {                                        \
        set_shadow(shadow, bytes, 0x##value);                                                      \
    }
LINNET_SET_SHADOW(00)
LINNET_SET_SHADOW(01)
LINNET_SET_SHADOW(02)
LINNET_SET_SHADOW(03)
LINNET_SET_SHADOW(04)
LINNET_SET_SHADOW(05)
LINNET_SET_SHADOW(06)
LINNET_SET_SHADOW(07)
LINNET_SET_SHADOW(f1)
LINNET_SET_SHADOW(f2)
LINNET_SET_SHADOW(f3)
LINNET_SET_SHADOW(f5)
LINNET_SET_SHADOW(f8)
#undef LINNET_SET_SHADOW

/// Around a block of alloca(): 32 bytes before it, and up to 32 behind its last full 32.
void __asan_alloca_poison(u64 at, u64 bytes) {
    sanitizer::hide(at - 32, 32, sanitizer::alloca_left);
    sanitizer::hide(at + bytes, align_up(at + bytes, 32) + 32 - (at + bytes),
                    sanitizer::alloca_right);
}

void __asan_allocas_unpoison(u64 top, u64 bottom) {
    if (top != 0 && top < bottom)
        sanitizer::show(top, bottom - top);
}

void __asan_poison_stack_memory(u64 at, u64 bytes) {
    sanitizer::hide(at, bytes, sanitizer::stack_out_of_scope);
}

void __asan_unpoison_stack_memory(u64 at, u64 bytes) {
    sanitizer::show(at, bytes);
}

/// Before a call that does not return. It may throw, so what lies above on this stack may never be
/// shown by those who hid it.
void __asan_handle_no_return() {
    u64 const here = number(__builtin_frame_address(0));
    u64 const slot = arch::shadow::stack_slot_of(here);
    if (slot < arch::shadow::stack_slots && arch::shadow::is_tracked(here)) {
        u64 const start = align_down(here, 8);
        sanitizer::show(start, align_up(start + 1, arch::shadow::stack_slot) - start);
    }
}

struct Global {
    u64 start;
    u64 bytes;
    u64 bytes_with_zone;
    char const* name;
    char const* module;
    u64 is_dynamic;
    void* location;
    u64 indicator;
};

void __asan_register_globals(Global const* globals, u64 count) {
    for (u64 i = 0; i < count; ++i) {
        auto const& global = globals[i];
        sanitizer::hide(global.start + global.bytes, global.bytes_with_zone - global.bytes,
                        sanitizer::global_zone);
    }
}

void __asan_unregister_globals(Global const*, u64) {}

// For kernel/mem/address_sanitizer.hpp.
void linnet_hide_memory(void* at, usize bytes, u8 why) noexcept {
    sanitizer::hide(number(at), bytes, why);
}

void linnet_show_memory(void* at, usize bytes) noexcept {
    sanitizer::show(number(at), bytes);
}
}
#endif
