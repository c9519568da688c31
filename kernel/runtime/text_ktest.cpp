// Code that something has changed is put back, and runs on.
#include "kernel/arch/api/text.hpp"
#include "kernel/ktest/ktest.hpp"
#include "kernel/runtime/text.hpp"
#include "libs/base/bug.hpp"

namespace {

/// What is changed: run by these tests alone.
[[gnu::noinline]] int doubled(int value) {
    asm volatile("" : "+r"(value));
    return 2 * value;
}

[[gnu::noinline]] int called(int value) {
    int const result = doubled(value);
    asm volatile("" ::: "memory"); // so that it is a call and not a jump
    return result + 1;
}

/// The word of code at `offset` from the start of `function`, aligned as put_text() wants it.
VirtAddr word_of(int (*function)(int), u64 offset) {
    return VirtAddr(align_down(reinterpret_cast<u64>(function) + offset, sizeof(u64)));
}

u64 read(VirtAddr at) {
    return *pointer_to<u64 const volatile>(at);
}

/// The offset in `called` of the distance of its call.
u64 distance_of_call() {
    auto const* const code =
        pointer_to<u8 const volatile>(VirtAddr(reinterpret_cast<u64>(&called)));
    u64 at = 0;
    while (code[at] != 0xe8)
        ++at;
    return at + 1;
}

/// Puts a byte into the code as a wild store would.
void damage(int (*function)(int), u64 offset, u8 byte) {
    u64 const address = reinterpret_cast<u64>(function) + offset;
    VirtAddr const word = word_of(function, offset);
    unsigned const shift = 8 * static_cast<unsigned>(address - word.value());
    arch::put_text(word, (read(word) & ~(u64{0xff} << shift)) | u64{byte} << shift);
}

} // namespace

KTEST(a_changed_instruction_runs_again) {
    runtime::learn_text(arch::put_text);
    u64 const before = read(word_of(doubled, 0));
    damage(doubled, 0, 0x06); // no instruction in 64-bit mode
    KCHECK(read(word_of(doubled, 0)) != before);
    KCHECK(doubled(21) == 42);
    KCHECK(read(word_of(doubled, 0)) == before);
}

KTEST(a_call_to_nowhere_runs_again) {
    runtime::learn_text(arch::put_text);
    u64 const at = distance_of_call() + 3;
    u64 const before = read(word_of(called, at));
    damage(called, at, 0x20); // half a GiB away, where nothing is mapped
    KCHECK(called(21) == 43);
    KCHECK(read(word_of(called, at)) == before);
}

KTEST(code_is_put_back_at_any_bug) {
    runtime::learn_text(arch::put_text);
    u64 const before = read(word_of(doubled, 0));
    damage(doubled, 0, 0x06);
    bool caught = false;
    try {
        panic("for the test");
    } catch (KernelBug const&) {
        caught = true;
    }
    KCHECK(caught);
    KCHECK(read(word_of(doubled, 0)) == before);
}
