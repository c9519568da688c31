// Watches the heap through AddressSanitizer's hooks.
#include "kernel/host_system/leaks.hpp"

#include <atomic>
#include <cstdio>
#include <mutex>

extern "C" {
// Of the sanitizers' runtime; missing in builds without.
__attribute__((weak)) int __sanitizer_install_malloc_and_free_hooks(void (*allocated)(void const*,
                                                                                      size_t),
                                                                    void (*freed)(void const*));
__attribute__((weak)) size_t __sanitizer_get_allocated_size(void const*);
__attribute__((weak)) size_t __asan_get_alloc_stack(void*, void**, size_t, int*);
__attribute__((weak)) void __sanitizer_symbolize_pc(void*, char const*, char*, size_t);
}

namespace host_system {

namespace {

std::atomic<i64> objects{0};
std::atomic<i64> bytes{0};

/// Where each noted object is; static, since it must not allocate itself.
constexpr usize table_size = 1 << 16;
void const* noted[table_size];
std::mutex noting;
std::atomic<bool> notes{false};

usize start_of(void const* object) {
    return (address_of(object).value() >> 4) * 0x9e37'79b9u % table_size;
}

void note(void const* object) {
    std::scoped_lock const lock(noting);
    for (usize i = 0; i < table_size; ++i) {
        auto& slot = noted[(start_of(object) + i) % table_size];
        if (slot == nullptr) {
            slot = object;
            return;
        }
    }
}

void forget(void const* object) {
    // A freed slot may hide those behind it, so all are looked at: this runs only after a leak.
    std::scoped_lock const lock(noting);
    for (auto& slot : noted)
        if (slot == object)
            slot = nullptr;
}

void on_allocation(void const* object, size_t size) {
    ++objects;
    bytes += static_cast<i64>(size);
    if (notes)
        note(object);
}

void on_free(void const* object) {
    if (object == nullptr)
        return;
    --objects;
    bytes -= static_cast<i64>(__sanitizer_get_allocated_size(object));
    if (notes)
        forget(object);
}

void print_where(void const* object) {
    void* stack[30];
    int thread = 0;
    usize const depth =
        __asan_get_alloc_stack(const_cast<void*>(object), stack, std::size(stack), &thread);
    std::fprintf(stderr, "left behind: %zu bytes, allocated by\n",
                 __sanitizer_get_allocated_size(object));
    for (usize i = 0; i < depth; ++i) {
        char line[400];
        __sanitizer_symbolize_pc(stack[i], "    %f %S:%l", line, sizeof line);
        std::fprintf(stderr, "%s\n", line);
    }
}

} // namespace

bool Living::more_than(Living const& before) const {
    return objects > before.objects || bytes > before.bytes || frames.free < before.frames.free;
}

Living living() {
    static bool const watching = __sanitizer_install_malloc_and_free_hooks != nullptr &&
                                 __sanitizer_install_malloc_and_free_hooks(on_allocation, on_free);
    static_cast<void>(watching);
    return {.objects = objects, .bytes = bytes, .frames = mem::frame_statistics()};
}

void note_allocations() {
    notes = true;
}

void print_leaks(Living const& before) {
    notes = false;
    auto const now = living();
    std::fprintf(stderr, "objects %+ld, bytes %+ld\n", now.objects - before.objects,
                 now.bytes - before.bytes);
    auto const difference = [](char const* what, usize from, usize to) {
        if (from != to)
            std::fprintf(stderr, "frames, %s: %zu before, %zu now\n", what, from, to);
    };
    difference("free", before.frames.free, now.frames.free);
    difference("user", before.frames.user, now.frames.user);
    difference("page cache", before.frames.page_cache, now.frames.page_cache);
    difference("page tables", before.frames.page_tables, now.frames.page_tables);
    difference("heap", before.frames.kernel_heap, now.frames.kernel_heap);
    difference("stacks", before.frames.kernel_stacks, now.frames.kernel_stacks);
    int most = 10;
    for (auto const* const object : noted)
        if (object != nullptr && most-- > 0)
            print_where(object);
}

} // namespace host_system
