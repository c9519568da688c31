// Memory on the real machine: all frames, guards of stacks, and page tables that other CPUs cache.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/api/user_copy.hpp"
#include "kernel/ktest/ktest.hpp"
#include "kernel/mem/address_space.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/mem/heap.hpp"
#include "kernel/mem/kernel_stack.hpp"
#include "libs/base/vector.hpp"

#include <string_view>

namespace {

using arch::Access;

constexpr auto read_write = Access::read | Access::write;

/// An address space that this CPU uses, with preemption off so that nobody switches away.
class Inside {
public:
    Inside() : space_(make_space()) {
        arch::disable_preemption();
        space_->activate();
    }

    Inside(Inside const&) = delete;
    Inside& operator=(Inside const&) = delete;

    ~Inside() {
        mem::AddressSpace::deactivate();
        arch::enable_preemption();
    }

    mem::AddressSpace* operator->() { return space_.raw(); }

    UserAddr map(u64 pages) {
        auto const at = space_->map({.size = pages * page_size, .access = read_write});
        KCHECK(at.has_value());
        return *at;
    }

private:
    static Ref<mem::AddressSpace> make_space() {
        auto space = mem::AddressSpace::create(arch::cpu_index() + 42);
        KCHECK(space.has_value());
        return std::move(*space);
    }

    Ref<mem::AddressSpace> space_;
};

bool store(UserAddr at, u64 value) {
    return arch::copy_to_user(at, object_bytes(value)) == sizeof value;
}

u64 load(UserAddr at) {
    u64 value = 0;
    KCHECK(arch::copy_from_user(writable_object_bytes(value), at) == sizeof value);
    return value;
}

bool readable(UserAddr at) {
    std::byte byte{};
    return arch::copy_from_user({&byte, 1}, at) == 1;
}

template <class Action>
bool is_bug(Action action) {
    try {
        action();
    } catch (KernelBug const&) {
        return true;
    }
    return false;
}

} // namespace

KTEST(every_frame_is_mapped_and_distinct) {
    // Each frame holds the address of the one taken before: a list through all of memory.
    auto const before = mem::frame_statistics();
    PhysAddr last;
    usize count = 0;
    for (;;) {
        auto frame = mem::Frame::allocate(mem::Fill::any);
        if (!frame)
            break;
        u64 const words[2] = {last.value(), frame->address().value()};
        copy_bytes(frame->bytes(), std::as_bytes(std::span(words)));
        last = std::move(*frame).leak();
        ++count;
    }
    bool intact = true;
    while (last != PhysAddr()) {
        auto const frame = mem::Frame::adopt(last);
        u64 words[2] = {};
        copy_bytes(std::as_writable_bytes(std::span(words)), frame.bytes());
        intact &= words[1] == last.value();
        last = PhysAddr(words[0]);
    }
    KCHECK(intact);
    KCHECK(count * 100 > before.free * 95);
    KCHECK(mem::frame_statistics().free * 100 > before.free * 95);
}

KTEST(heap_holds_large_memory_and_refuses_misuse) {
    auto* const large = static_cast<std::byte*>(mem::heap_allocate(5_MiB));
    KCHECK(large != nullptr);
    for (usize at = 0; at < 5_MiB; at += page_size)
        large[at] = static_cast<std::byte>(at >> page_shift);
    for (usize at = 0; at < 5_MiB; at += page_size)
        KCHECK(large[at] == static_cast<std::byte>(at >> page_shift));
    mem::heap_free(large, 5_MiB);
    void* const small = mem::heap_allocate(100);
    mem::heap_free(small);
    KCHECK(is_bug([&] { mem::heap_free(small); }));
    int local = 0;
    KCHECK(is_bug([&] { mem::heap_free(&local); }));
}

KTEST(stack_guard_faults_and_knows_its_owner) {
    auto stack = mem::KernelStack::allocate("a test");
    KCHECK(stack.has_value());
    *pointer_to<u64>(stack->bottom()) = 1;
    *pointer_to<u64>(stack->top() - 8) = 2;
    VirtAddr const guard = stack->bottom() - 8;
    KCHECK(is_bug([&] {
        ktest::call_unseen(+[](VirtAddr at) { *pointer_to<u64 volatile>(at) = 3; }, guard);
    }));
    KCHECK(std::string_view(upcall::guarded_stack_owner(guard)) == "a test");
    KCHECK(upcall::guarded_stack_owner(stack->bottom()) == nullptr);
}

KTEST(copy_on_write_beats_cached_translations) {
    Inside space;
    auto const at = space.map(4);
    for (u64 page = 0; page < 4; ++page)
        KCHECK(store(at + page * page_size, page + 1)); // the translations are cached, writable
    auto child = space->clone();
    KCHECK(child.has_value());
    KCHECK(store(at, 100));
    KCHECK(load(at) == 100 && load(at + page_size) == 2);
    (*child)->activate();
    KCHECK(load(at) == 1);
    KCHECK(store(at + page_size, 200));
    space->activate();
    KCHECK(load(at + page_size) == 2);
}

KTEST(unmapping_and_protecting_beat_cached_translations) {
    Inside space;
    auto const at = space.map(64);
    for (u64 page = 0; page < 64; ++page)
        KCHECK(store(at + page * page_size, page));
    KCHECK(space->protect(at, 8 * page_size, Access::read).has_value());
    KCHECK(!store(at + 7 * page_size, 1) && load(at + 7 * page_size) == 7);
    KCHECK(space->protect(at, 8 * page_size, {}).has_value());
    KCHECK(!readable(at));
    KCHECK(space->protect(at, 8 * page_size, read_write).has_value());
    KCHECK(load(at + 7 * page_size) == 7);
    KCHECK(space->discard(at + 8 * page_size, 40 * page_size).has_value());
    KCHECK(load(at + 9 * page_size) == 0);
    KCHECK(space->unmap(at, 64 * page_size).has_value());
    for (u64 page = 0; page < 64; ++page)
        KCHECK(!readable(at + page * page_size));
}

KTEST(remapped_pages_move) {
    Inside space;
    auto const at = space.map(3);
    KCHECK(store(at + 2 * page_size, 33));
    auto const moved =
        space->remap(at, 3 * page_size, 600 * page_size, mem::AddressSpace::MoveRule::may_move, {});
    KCHECK(moved.has_value());
    KCHECK(load(*moved + 2 * page_size) == 33);
    KCHECK(*moved == at || !readable(at));
}

KTEST(a_dead_address_space_returns_its_memory) {
    auto const before = mem::frame_statistics().free;
    {
        Inside space;
        auto const at = space.map(300);
        for (u64 page = 0; page < 300; ++page)
            KCHECK(store(at + page * page_size, page));
        KCHECK(mem::frame_statistics().free + 300 <= before);
    }
    KCHECK(mem::frame_statistics().free + 50 >= before);
}
