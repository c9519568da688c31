// Frames: the buddy allocator against a simple model, share counts, failures, and lazy growth.
#include "kernel/mem/frames.hpp"

#include "kernel/mem/memory_fixture.hpp"

#include <map>
#include <random>
#include <vector>

namespace {

using mem::Frame;

class Frames : public FreshMemory {};

TEST_F(Frames, AreZeroedAndWritable) {
    auto frame = Frame::allocate();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->bytes().size(), page_size);
    for (std::byte const byte : frame->bytes())
        ASSERT_EQ(byte, std::byte{0});
    frame->bytes()[page_size - 1] = std::byte{1};
    EXPECT_EQ(frame->shares(), 1u);
}

TEST_F(Frames, LastShareFrees) {
    (void)Frame::allocate(); // takes the first chunk over
    auto const before = mem::frame_statistics().free;
    {
        auto first = Frame::allocate();
        ASSERT_TRUE(first);
        Frame const second = *first;
        Frame const third = Frame::share(first->address());
        EXPECT_EQ(first->shares(), 3u);
        *first = Frame();
        EXPECT_EQ(second.shares(), 2u);
        EXPECT_EQ(mem::frame_statistics().free, before - 1);
    }
    EXPECT_EQ(mem::frame_statistics().free, before);
}

TEST_F(Frames, ReusedFramesAreZeroedAgain) {
    for (int round = 0; round < 200; ++round) {
        auto frame = Frame::allocate();
        ASSERT_TRUE(frame);
        for (std::byte const byte : frame->bytes())
            ASSERT_EQ(byte, std::byte{0});
        frame->bytes()[7] = std::byte{0xff};
    }
}

TEST_F(Frames, ExhaustionIsAnErrorAndEverythingComesBack) {
    usize const before = free_now();
    {
        std::vector<Frame> all;
        for (;;) {
            auto frame = Frame::allocate(mem::Fill::any);
            if (!frame) {
                EXPECT_EQ(frame.error().code(), Errno::enomem);
                break;
            }
            all.push_back(std::move(*frame));
        }
        EXPECT_EQ(free_now(), 0u);
        // All of memory but the descriptors was handed out.
        EXPECT_GT(all.size() * 100, mem::frame_statistics().total * 98);
        EXPECT_FALSE(mem::allocate_run(0));
    }
    usize const descriptors = before - free_now();
    EXPECT_LT(descriptors, mem::frame_statistics().total / 50);
    // Freed blocks merged again: the largest run is there.
    auto const run = mem::allocate_run(mem::max_order);
    ASSERT_TRUE(run);
    mem::free_run(*run, mem::max_order);
}

TEST_F(Frames, RunsAgainstModel) {
    std::mt19937 random(42);

    struct Run {
        u32 order;
        std::byte mark;
    };

    std::map<PhysAddr, Run> held;
    auto const warm = mem::allocate_run(0);
    ASSERT_TRUE(warm);
    for (int step = 0; step < 20000; ++step) {
        if (held.size() < 400 && random() % 100 < 55) {
            u32 const order = random() % 6;
            auto const start = mem::allocate_run(order, mem::Fill::any);
            if (!start)
                continue;
            ASSERT_EQ(start->value() % (page_size << order), 0u) << "runs are aligned";
            auto const next = held.lower_bound(*start);
            if (next != held.end())
                ASSERT_LE(*start + (page_size << order), next->first);
            if (next != held.begin()) {
                auto const before = std::prev(next);
                ASSERT_LE(before->first + (page_size << before->second.order), *start);
            }
            auto const mark = static_cast<std::byte>(random());
            *pointer_to<std::byte>(arch::direct_map(*start)) = mark;
            held[*start] = {order, mark};
        } else if (!held.empty()) {
            auto at = held.begin();
            std::advance(at, random() % held.size());
            ASSERT_EQ(*pointer_to<std::byte>(arch::direct_map(at->first)), at->second.mark);
            mem::free_run(at->first, at->second.order);
            held.erase(at);
        }
    }
    for (auto const& [start, run] : held)
        mem::free_run(start, run.order);
    mem::free_run(*warm, 0);
}

TEST_F(Frames, TrimmedRunGivesItsTailBack) {
    mem::free_run(*mem::allocate_run(0), 0);
    usize const before = free_now();
    auto const run = mem::allocate_run(4);
    ASSERT_TRUE(run);
    mem::trim_run(*run, 4, 11);
    EXPECT_EQ(free_now(), before - 11);
    mem::free_run_pages(*run, 11);
    EXPECT_EQ(free_now(), before);
}

TEST_F(Frames, BootCostsNothingPerPage) {
    usize const before = free_now();
    auto frame = Frame::allocate();
    ASSERT_TRUE(frame);
    // One chunk was described: at most a leaf page and one section's descriptors are gone.
    EXPECT_LE(before - free_now(), 1 + 1 + mem::descriptor_pages);
    EXPECT_EQ(mem::find_page(PhysAddr(host::arena_size - 1_MiB)), nullptr);
}

TEST_F(Frames, NeverHandsOutReservedMemory) {
    std::vector<Frame> all;
    for (;;) {
        auto frame = Frame::allocate(mem::Fill::any);
        if (!frame)
            break;
        bool usable = false;
        for (auto const& range : arch::boot_info().memory)
            usable |= range.kind == arch::MemoryRange::Kind::usable &&
                      frame->address() >= range.start && frame->address() < range.end;
        ASSERT_TRUE(usable) << std::hex << frame->address().value();
        all.push_back(std::move(*frame));
    }
}

TEST_F(Frames, ReleasedBootMemoryIsUsedAndCounted) {
    auto const before = mem::frame_statistics();
    mem::release_boot_memory(PhysAddr(1_MiB), PhysAddr(3_MiB));
    auto const after = mem::frame_statistics();
    EXPECT_EQ(after.total, before.total + 512);
    std::vector<Frame> all;
    usize inside = 0;
    for (;;) {
        auto frame = Frame::allocate(mem::Fill::any);
        if (!frame)
            break;
        inside += frame->address() >= PhysAddr(1_MiB) && frame->address() < PhysAddr(3_MiB);
        all.push_back(std::move(*frame));
    }
    EXPECT_GT(inside, 400u); // some may hold descriptors
    EXPECT_EQ(free_now(), 0u);
}

TEST_F(Frames, AccountsLimit) {
    mem::Account account(2);
    auto first = Frame::allocate(mem::Fill::any, mem::Use::user, &account);
    auto second = Frame::allocate(mem::Fill::any, mem::Use::user, &account);
    auto third = Frame::allocate(mem::Fill::any, mem::Use::user, &account);
    EXPECT_TRUE(first && second);
    ASSERT_FALSE(third);
    *first = Frame();
    EXPECT_EQ(account.pages(), 1u);
    EXPECT_TRUE(Frame::allocate(mem::Fill::any, mem::Use::user, &account));
    *second = Frame();
    EXPECT_EQ(account.pages(), 0u);
}

TEST_F(Frames, StatisticsByUse) {
    auto const cache = Frame::allocate(mem::Fill::any, mem::Use::page_cache);
    auto const table = Frame::allocate(mem::Fill::any, mem::Use::page_table);
    auto const now = mem::frame_statistics();
    EXPECT_EQ(now.page_cache, 1u);
    EXPECT_EQ(now.page_tables, 1u);
}

std::vector<Frame>* hoard = nullptr;

usize give_hoard(usize wanted) noexcept {
    usize given = 0;
    while (hoard != nullptr && !hoard->empty() && given < wanted) {
        hoard->pop_back();
        ++given;
    }
    return given;
}

TEST_F(Frames, ReclaimersAreAskedBeforeFailing) {
    static mem::Reclaimer reclaimer(give_hoard);
    static bool enrolled = false;
    if (!std::exchange(enrolled, true))
        reclaimer.enroll();
    std::vector<Frame> kept;
    std::vector<Frame> spare;
    for (int i = 0; i < 100; ++i)
        spare.push_back(std::move(*Frame::allocate(mem::Fill::any)));
    for (;;) {
        auto frame = Frame::allocate(mem::Fill::any);
        if (!frame)
            break;
        kept.push_back(std::move(*frame));
    }
    hoard = &spare;
    EXPECT_TRUE(Frame::allocate());
    EXPECT_LT(spare.size(), 100u);
    hoard = nullptr;
}

TEST_F(Frames, FailuresCanBeInjected) {
    mem::testing::fail_after(1);
    EXPECT_TRUE(Frame::allocate());
    EXPECT_FALSE(Frame::allocate());
    EXPECT_TRUE(Frame::allocate());
}

TEST_F(Frames, SharingAFreeFrameIsABug) {
    PhysAddr at;
    {
        auto frame = Frame::allocate();
        at = frame->address();
    }
    EXPECT_THROW(Frame::share(at), KernelBug);
}

} // namespace
