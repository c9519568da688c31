// Stands in for the kernel runtime until it lands.
#include "libs/base/bug.hpp"
#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/power.hpp"

#include <cstddef>

extern "C" {
void* memcpy(void* to, void const* from, usize size) {
    void* const result = to;
    asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
    return result;
}

void* memset(void* to, int value, usize size) {
    void* const result = to;
    asm volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
    return result;
}

void* memmove(void* to, void const* from, usize size) {
    if (to <= from || static_cast<char const*>(from) + size <= to)
        return memcpy(to, from, size);
    for (usize i = size; i-- > 0;)
        static_cast<char volatile*>(to)[i] = static_cast<char const*>(from)[i];
    return to;
}

int memcmp(void const* a, void const* b, usize size) {
    for (usize i = 0; i < size; ++i)
        if (static_cast<u8 const*>(a)[i] != static_cast<u8 const*>(b)[i])
            return static_cast<u8 const*>(a)[i] < static_cast<u8 const*>(b)[i] ? -1 : 1;
    return 0;
}

#define STOP(name)                                                                                 \
    [[noreturn]] void name() {                                                                     \
        arch::early_write("provisional runtime: " #name "\n");                                     \
        arch::exit_emulator(1);                                                                    \
        arch::halt();                                                                              \
    }
STOP(_Unwind_Resume)
STOP(__cxa_throw)
STOP(__cxa_begin_catch)
STOP(__cxa_end_catch)
STOP(__cxa_rethrow)
STOP(__cxa_allocate_exception)
STOP(__cxa_free_exception)
STOP(__cxa_pure_virtual)
STOP(__gxx_personality_v0)
__attribute__((visibility("default"))) void* provisional_vtable[8] __asm__("_ZTVN10__cxxabiv117__class_type_infoE");
void* provisional_vtable2[8] __asm__("_ZTVN10__cxxabiv120__si_class_type_infoE");
void* provisional_typeinfo[8] __asm__("_ZTISt9bad_alloc");
void* provisional_bad_alloc[8] __asm__("_ZTVSt9bad_alloc");
STOP(_ZNSt9bad_allocD1Ev)
}

namespace std {
[[noreturn]] void terminate() noexcept {
    arch::early_write("provisional runtime: terminate\n");
    arch::exit_emulator(1);
    arch::halt();
}
}

void note_bug(KernelBug const& bug) noexcept {
    arch::early_write("bug: ");
    arch::early_write(bug.what);
    arch::early_write("\n");
}
void* operator new(std::size_t) { throw_out_of_memory(); }
void operator delete(void*) noexcept {}
void operator delete(void*, std::size_t) noexcept {}
