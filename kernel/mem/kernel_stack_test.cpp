// Kernel stacks, device mappings and the set of free ranges.
#include "kernel/mem/kernel_stack.hpp"

#include "kernel/arch/api/stack_reserve.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/mem/kernel_areas.hpp"
#include "kernel/mem/memory_fixture.hpp"
#include "kernel/mem/range_set.hpp"

#include <algorithm>
#include <cstring>
#include <random>
#include <set>
#include <string_view>
#include <vector>

namespace {

using mem::KernelStack;

class KernelStacks : public FreshMemory {};

TEST_F(KernelStacks, AreWritableAndGuarded) {
    auto stack = KernelStack::allocate("tester");
    ASSERT_TRUE(stack);
    std::memset(pointer_to<void>(stack->bottom()), 0xaa, KernelStack::size);
    EXPECT_EQ(stack->top() - stack->bottom(), KernelStack::size);
    EXPECT_FALSE(arch::kernel_translate(stack->bottom() - 1));
    EXPECT_FALSE(arch::kernel_translate(stack->top()));
    EXPECT_EQ(upcall::guarded_stack_owner(stack->bottom() - 8), std::string_view("tester"));
    EXPECT_EQ(upcall::guarded_stack_owner(stack->bottom()), nullptr);
    EXPECT_EQ(upcall::guarded_stack_owner(stack->top() - 1), nullptr);
}

TEST_F(KernelStacks, AreReused) {
    VirtAddr first;
    {
        auto stack = KernelStack::allocate("one");
        first = stack->bottom();
    }
    auto again = KernelStack::allocate("two");
    EXPECT_EQ(again->bottom(), first);
    EXPECT_EQ(upcall::guarded_stack_owner(first - 8), std::string_view("two"));
}

TEST_F(KernelStacks, ManyAreDistinctAndComeBack) {
    {
        auto warm = KernelStack::allocate("warm");
    }
    mem::testing::reset_stacks();
    std::vector<KernelStack> all;
    std::set<VirtAddr> bottoms;
    for (int i = 0; i < 600; ++i) {
        auto stack = KernelStack::allocate("many");
        ASSERT_TRUE(stack);
        bottoms.insert(stack->bottom());
        *pointer_to<int>(stack->top() - 64) = i;
        all.push_back(std::move(*stack));
    }
    EXPECT_EQ(bottoms.size(), 600u);
    for (int i = 0; i < 600; ++i)
        EXPECT_EQ(*pointer_to<int>(all[static_cast<usize>(i)].top() - 64), i);
    usize const during = mem::frame_statistics().kernel_stacks;
    EXPECT_GE(during, 600u * 8);
    all.clear();
    EXPECT_LT(mem::frame_statistics().kernel_stacks, 40u * 8);
}

TEST_F(KernelStacks, EachFailingAllocationLeavesNothingBehind) {
    {
        auto warm = KernelStack::allocate("warm");
    }
    mem::testing::reset_stacks();
    auto const before = mem::frame_statistics().kernel_stacks;
    int failures = 0;
    for (int after = 0;; ++after) {
        mem::testing::fail_after(after);
        auto stack = KernelStack::allocate("unlucky");
        mem::testing::fail_after(-1);
        if (stack)
            break;
        ++failures;
        EXPECT_EQ(stack.error().code(), Errno::enomem);
        EXPECT_LE(mem::frame_statistics().kernel_stacks, before + 1); // the table of slots may stay
    }
    EXPECT_EQ(failures, 8); // the table of slots stays once it is there: 1 and frames 1, 3 to 8
}

TEST_F(KernelStacks, ExhaustionReclaimsCachedStacks) {
    std::vector<KernelStack> stacks;
    for (int i = 0; i < 20; ++i)
        stacks.push_back(std::move(*KernelStack::allocate("cached")));
    stacks.clear();
    EXPECT_GE(mem::frame_statistics().kernel_stacks, 20u * 8);
    std::vector<mem::Frame> all;
    for (;;) {
        auto frame = mem::Frame::allocate(mem::Fill::any);
        if (!frame)
            break;
        all.push_back(std::move(*frame));
    }
    constexpr usize reserves = 2 * mem::stack_reserve_size / page_size; // kept for overflows
    EXPECT_LE(mem::frame_statistics().kernel_stacks, 2u + reserves);
}

TEST_F(KernelStacks, LendTheirReserveOnce) {
    auto stack = KernelStack::allocate("deep");
    ASSERT_TRUE(stack);
    auto const bottom = stack->bottom();
    EXPECT_FALSE(upcall::lend_stack_reserve(bottom)); // not in a guard
    EXPECT_TRUE(upcall::lend_stack_reserve(bottom - 8));
    EXPECT_TRUE(arch::kernel_translate(bottom - 1));
    EXPECT_TRUE(arch::kernel_translate(bottom - mem::stack_reserve_size));
    EXPECT_FALSE(arch::kernel_translate(bottom - mem::stack_reserve_size - 1));
    EXPECT_FALSE(upcall::lend_stack_reserve(bottom - 8));
    *stack = KernelStack();
    EXPECT_FALSE(arch::kernel_translate(bottom - 1)); // taken back
    for (int i = 0; i < 5; ++i) {
        auto again = KernelStack::allocate("deep again");
        ASSERT_TRUE(again);
        EXPECT_TRUE(upcall::lend_stack_reserve(again->bottom() - 8)) << i;
    }
}

TEST_F(KernelStacks, DevicesAreMappedWithTheirOffset) {
    auto const at = mem::map_device(PhysAddr(0xfeb0'0e00), 512);
    ASSERT_TRUE(at);
    EXPECT_EQ(at->page_offset(), 0xe00u);
    EXPECT_EQ(arch::kernel_translate(*at), PhysAddr(0xfeb0'0e00));
    auto const wide = mem::map_device(PhysAddr(0xfeb0'0e00), 8192);
    ASSERT_TRUE(wide);
    EXPECT_EQ(arch::kernel_translate(*wide + 8191), PhysAddr(0xfeb0'0e00 + 8191));
    (void)arch::unmap_kernel_page(at->page_down()); // the next test begins at these addresses, too
    for (u64 i = 0; i < 3; ++i)
        (void)arch::unmap_kernel_page(wide->page_down() + i * page_size);
}

TEST(RangeSet, AgainstModel) {
    mem::RangeSet set;
    set.give(1000, 1000);
    std::vector<bool> free(3000, false);
    std::fill(free.begin() + 1000, free.begin() + 2000, true);
    std::mt19937 random(3);
    std::vector<std::pair<u64, u64>> held;
    for (int step = 0; step < 20000; ++step) {
        if (random() % 2 == 0) {
            u64 const size = 1 + random() % 50;
            auto const start = set.take(size);
            if (!start)
                continue;
            for (u64 i = *start; i < *start + size; ++i) {
                ASSERT_TRUE(free[i]);
                free[i] = false;
            }
            held.emplace_back(*start, size);
        } else if (!held.empty()) {
            usize const i = random() % held.size();
            auto const [start, size] = held[i];
            held[i] = held.back();
            held.pop_back();
            set.give(start, size);
            std::fill_n(free.begin() + static_cast<isize>(start), size, true);
        }
    }
    for (auto const& [start, size] : held)
        set.give(start, size);
    ASSERT_EQ(set.ranges().size(), 1u);
    EXPECT_EQ(set.ranges()[0].start, 1000u);
    EXPECT_EQ(set.ranges()[0].size, 1000u);
    EXPECT_THROW(set.give(1500, 10), KernelBug);
    EXPECT_FALSE(set.take(1001));
}

} // namespace
