// Each kind of bad access becomes a contained bug that names it.
#include "kernel/arch/api/context.hpp"
#include "kernel/arch/api/user_copy.hpp"
#include "kernel/ktest/ktest.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/mem/heap.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "libs/base/bug.hpp"

#include <cstring>
#include <memory>

#if defined(LINNET_KASAN)

namespace {

/// What the sanitizer says of `function`.
template <class Result, class... Parameters>
std::string_view found_in(Result (*function)(Parameters...),
                          std::type_identity_t<Parameters>... arguments) {
    try {
        (void)ktest::call_unseen(function, arguments...);
    } catch (KernelBug const& bug) {
        auto const& state = runtime::eh_state();
        KCHECK(state.uncaught == 0 && state.reporting == 0);
        return bug.what;
    }
    return "nothing";
}

template <class Value>
Value load(Value const* from) {
    return *const_cast<Value const volatile*>(from);
}

void store(char* at) {
    *const_cast<char volatile*>(at) = 1;
}

void clear(char* at, usize bytes) {
    std::memset(at, 0, bytes);
}

void copy(char* to, char const* from, usize bytes) {
    std::memcpy(to, from, bytes);
}

usize copy_in(char* to, usize bytes) {
    arch::FaultsOff const off;
    return arch::copy_from_user(Bytes(pointer_to<std::byte>(address_of(to)), bytes),
                                UserAddr(4096));
}

int on_the_stack(int index) {
    int block[5] = {};
    asm volatile("" : : "r"(block) : "memory");
    int const volatile* element = block;
    asm volatile("" : "+r"(element));
    return element[index];
}

int out_of_scope() {
    int const volatile* kept = nullptr;
    {
        int inner[4] = {1, 2, 3, 4};
        kept = inner;
        asm volatile("" : "+r"(kept) : : "memory");
    }
    asm volatile("" : "+r"(kept) : : "memory");
    return *kept;
}

/// Below operator delete, which lets no bug out.
void release(char* memory) {
    mem::heap_free(memory);
}

[[gnu::noinline]] void leave_by_throwing(usize depth) {
    char block[24];
    std::memset(block, static_cast<int>(depth), sizeof block);
    asm volatile("" : : "r"(block) : "memory");
    if (depth == 0)
        panic("on purpose");
    leave_by_throwing(depth - 1);
    asm volatile("" : : "r"(block) : "memory");
}

constexpr usize sizes[] = {1, 8, 13, 64, 100, 1000, 4096, 10'000};

} // namespace

KTEST(kasan_finds_heap_overflow) {
    for (usize const size : sizes) {
        auto const memory = std::make_unique<char[]>(size);
        char* const start = memory.get();
        KCHECK(found_in(store, start) == "nothing");
        KCHECK(found_in(store, start + size - 1) == "nothing");
        KCHECK(found_in(store, start + size) == "heap out of bounds");
        KCHECK(found_in(load<char>, start + size) == "heap out of bounds");
        KCHECK(found_in(load<u64>, pointer_to<u64>(address_of(start + size - size % 8))) ==
               "heap out of bounds");
        KCHECK(found_in(clear, start, size) == "nothing");
        KCHECK(found_in(clear, start, size + 1) == "heap out of bounds");
        KCHECK(found_in(copy, start, start + 1, size) == "heap out of bounds");
    }
}

KTEST(kasan_checks_kernel_memory_of_user_copies) {
    auto const memory = std::make_unique<char[]>(24);
    KCHECK(found_in(copy_in, memory.get(), 24) == "nothing");
    KCHECK(found_in(copy_in, memory.get(), 25) == "heap out of bounds");
}

KTEST(kasan_finds_use_after_free) {
    for (usize const size : sizes) {
        char* const memory = new char[size];
        delete[] memory;
        auto const wanted = size < 4096 ? "heap use after free" : "use of a free page";
        KCHECK(found_in(load<char>, memory) == wanted);
        KCHECK(found_in(store, memory + size - 1) == wanted);
        if (size < 4096)
            KCHECK(found_in(release, memory) == wanted);
    }
}

KTEST(kasan_finds_use_of_free_frames) {
    char* start = nullptr;
    {
        auto const frame = mem::Frame::allocate(mem::Fill::any, mem::Use::other);
        KCHECK(frame.has_value());
        start = pointer_to<char>(address_of(frame->bytes().data()));
        KCHECK(found_in(store, start) == "nothing");
    }
    KCHECK(found_in(store, start) == "use of a free page");
}

KTEST(kasan_finds_stack_errors) {
    KCHECK(found_in(on_the_stack, 4) == "nothing");
    KCHECK(found_in(on_the_stack, 5) == "stack out of bounds");
    KCHECK(found_in(on_the_stack, -1) == "stack out of bounds");
    KCHECK(found_in(out_of_scope) == "stack use after scope");
}

KTEST(kasan_finds_global_overflow) {
    static char before[13];
    KCHECK(found_in(store, before + 12) == "nothing");
    KCHECK(found_in(store, before + 13) == "global out of bounds");
}

KTEST(kasan_forgets_frames_that_a_bug_left) {
    for (int round = 0; round < 3; ++round)
        KCHECK(found_in(leave_by_throwing, 20) == "on purpose");
    char here[2000];
    KCHECK(found_in(clear, here, sizeof here) == "nothing");
}

#endif
