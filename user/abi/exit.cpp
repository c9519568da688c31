// The start and the end of a process: initialisers, functions at exit, .fini_array.
#include "user/abi/internal.hpp"
#include "user/abi/lock.hpp"

#include <span>

using Initialiser = void (*)(int, char**, char**);
using Finaliser = void (*)();

// By the linker.
extern "C" {
extern Initialiser const __preinit_array_start[], __preinit_array_end[];
extern Initialiser const __init_array_start[], __init_array_end[];
extern Finaliser const __fini_array_start[], __fini_array_end[];
}

namespace core {
namespace {

struct AtExit {
    void (*function)(void*);
    void* argument;
};

/// Blocks of functions, the newest first: one that every process has, then pages.
struct Block {
    static constexpr usize capacity = 254;

    Block* older = nullptr;
    usize count = 0;
    AtExit entries[capacity] = {};
};

static_assert(sizeof(Block) <= page_size);

struct FirstBlock {
    usize count = 0;
    AtExit entries[32] = {};
};

constinit Lock lock;
constinit FirstBlock first;
constinit Block* newest = nullptr;

bool push(AtExit const& entry) noexcept {
    Locked const locked(lock);
    if (newest == nullptr && first.count < std::size(first.entries)) {
        std::span(first.entries).data()[first.count++] = entry;
        return true;
    }
    if (newest == nullptr || newest->count == Block::capacity) {
        long const page = call(Syscall::mmap, 0, page_size, 3, 0x22, -1, 0);
        if (failed(page))
            return false;
        auto* const block = reinterpret_cast<Block*>(page); // Safe because it is a zeroed page.
        block->older = newest;
        newest = block;
    }
    std::span(newest->entries).data()[newest->count++] = entry;
    return true;
}

bool pop(AtExit& into) noexcept {
    Locked const locked(lock);
    while (newest != nullptr && newest->count == 0)
        newest = newest->older;
    if (newest != nullptr)
        into = std::span(newest->entries).data()[--newest->count];
    else if (first.count != 0)
        into = std::span(first.entries).data()[--first.count];
    else
        return false;
    return true;
}

} // namespace

void run_initialisers() noexcept {
    auto const run = [](Initialiser const* from, Initialiser const* to) {
        for (; from != to; ++from)
            (*from)(static_cast<int>(linnet_process.argument_count), linnet_process.arguments,
                    linnet_process.environment);
    };
    run(__preinit_array_start, __preinit_array_end);
    run(__init_array_start, __init_array_end);
}

} // namespace core

extern "C" {

/// Itanium C++ ABI 3.3.5: destructors of static objects, in one order with linnet_at_exit().
int __cxa_atexit(void (*function)(void*), void* argument, void*) noexcept {
    return core::push({function, argument}) ? 0 : -1;
}

/// There are no other images; the compiler only wants an address.
__attribute__((visibility("hidden"))) void* __dso_handle = nullptr;

long linnet_at_exit(void (*function)(void*), void* argument) {
    return core::push({function, argument}) ? 0 : -12;
}

[[noreturn]] void linnet_exit(int status) {
    for (core::AtExit next = {}; core::pop(next);)
        next.function(next.argument);
    for (auto const* last = __fini_array_end; last != __fini_array_start;)
        (*--last)();
    linnet_exit_now(status);
}

[[noreturn]] void linnet_exit_now(int status) {
    core::call(core::Syscall::exit_group, status);
    __builtin_trap(); // never reached: the kernel does not return
}

} // extern "C"
