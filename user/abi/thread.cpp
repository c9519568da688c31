// Threads of the C core. One mapping each, from below: a guard page, the stack, the thread's
// variables.
#include "abi/errno.hpp"
#include "abi/memory.hpp"
#include "abi/process.hpp"
#include "user/abi/internal.hpp"

using core::call;
using core::failed;
using core::Syscall;

namespace {

constexpr u64 bits(auto... flags) {
    return (static_cast<u64>(flags) | ...);
}

using uapi::Clone;
constexpr u64 flags =
    bits(Clone::vm, Clone::fs, Clone::files, Clone::sighand, Clone::thread, Clone::sysv_sem,
         Clone::set_tls, Clone::parent_set_tid, Clone::child_clear_tid);
constexpr u64 private_memory =
    bits(uapi::Map::private_copy, uapi::Map::anonymous, uapi::Map::stack);

/// What a new thread is to do, at the end of its stack, where it finds it.
struct Start {
    void (*function)(void*);
    void* argument;
};

/// The first function of a thread.
void enter(void* start) {
    auto const own = *static_cast<Start*>(start);
    own.function(own.argument);
    call(Syscall::exit, 0);
    __builtin_trap(); // never reached
}

} // namespace

extern "C" {

long linnet_thread_start(struct linnet_thread* thread, size_t stack, void (*function)(void*),
                         void* argument) {
    auto const room = core::thread_room();
    usize const above = align_up(room.size + room.alignment, page_size);
    usize const size = page_size + align_up(stack, page_size) + above;
    if (size < stack)
        return -static_cast<long>(uapi::Errno::enomem);
    long const mapped = call(Syscall::mmap, 0, size, 0, private_memory, -1, 0);
    if (failed(mapped))
        return mapped;
    // Safe because the kernel answers with the address of the new mapping.
    auto* const mapping = reinterpret_cast<std::byte*>(mapped);
    *thread = {.running = 0, .mapping = mapping, .mapping_size = size};
    long answer = call(Syscall::mprotect, mapping + page_size, size - page_size, 3);
    if (!failed(answer)) {
        auto const variables = align_up(static_cast<u64>(mapped) + size - above, room.alignment);
        auto* const block = core::make_thread(reinterpret_cast<std::byte*>(variables));
        auto* const start =
            ::new (mapping + size - above - sizeof(Start)) Start{function, argument};
        answer =
            linnet_clone(flags, start, &thread->running, &thread->running, block, enter, start);
    }
    if (failed(answer)) {
        call(Syscall::munmap, mapping, size);
        return answer;
    }
    return 0;
}

void linnet_thread_join(struct linnet_thread* thread) {
    // The kernel clears it and wakes whoever waits, as futexes that several processes share.
    while (int const running = __atomic_load_n(&thread->running, __ATOMIC_ACQUIRE))
        call(Syscall::futex, &thread->running, uapi::futex_wait, running, nullptr);
    call(Syscall::munmap, thread->mapping, thread->mapping_size);
}

} // extern "C"
