// A bug at each step of what the allocators and address spaces change: nothing may be lost by it.
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/mem/heap.hpp"
#include "kernel/mem/kernel_areas.hpp"
#include "kernel/mem/kernel_stack.hpp"
#include "kernel/mem/space_fixture.hpp"
#include "kernel/mem/undo_log.hpp"
#include "libs/base/persist.hpp"

#include <exception>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace {

thread_local bool bug_expected = false;

} // namespace

// In place of those of libs/hosttest, which no bug survives.

bool survive(void (*function)(void*), void* argument) noexcept {
    try {
        function(argument);
        return true;
    } catch (KernelBug const& bug) {
        doom_task(bug.what);
        return false;
    }
}

bool survive_destructor(void (*destroy)(void*), void* object) noexcept {
    return survive(destroy, object);
}

void doom_task(char const*) noexcept {
    if (!bug_expected)
        std::terminate();
}

namespace {

using mem::Frame;

/// Runs `work` again and again, with a bug at its first step, at its second (or `stride` later),
/// and so on, until none comes any more.
template <class Work>
void with_a_bug_at_each_step(Work work, i64 stride = 1) {
    bug_expected = true;
    bool came = true;
    for (i64 step = 0; came; step += stride) {
        SCOPED_TRACE(step);
        mem::testing::bug_after(step);
        try {
            work();
        } catch (KernelBug const&) {
            // as a place of containment
        }
        came = mem::testing::left_to_bug() < 0;
        mem::testing::bug_after(-1);
        if (::testing::Test::HasFailure())
            break;
    }
    bug_expected = false;
}

class Recovery : public FreshMemory {
protected:
    ~Recovery() override { mem::testing::bug_after(-1); }

    /// Every frame that counts as free can be had, none twice.
    static void expect_all_free_frames() {
        usize const free = free_now();
        std::vector<Frame> all;
        std::set<PhysAddr> addresses;
        while (auto frame = Frame::allocate(mem::Fill::any)) {
            addresses.insert(frame->address());
            all.push_back(std::move(*frame));
        }
        // Descriptors of chunks that were not in use are taken from what was free.
        EXPECT_EQ(addresses.size(), all.size()) << "a frame was handed out twice";
        EXPECT_EQ(free_now(), 0u);
        all.clear();
        EXPECT_LE(free_now(), free);
        EXPECT_EQ(free_now(), addresses.size());
    }
};

TEST_F(Recovery, AnUndoLogPutsOldValuesBackInReverse) {
    mem::UndoLog<4> log;
    u8 small = 1;
    u64 large = 2;
    log.set(small, u8{10});
    log.set(large, u64{20});
    log.set(large, u64{30});
    EXPECT_EQ(large, 30u);
    log.undo();
    EXPECT_EQ(small, 1);
    EXPECT_EQ(large, 2u);
    log.set(large, u64{40});
    log.commit();
    log.undo();
    EXPECT_EQ(large, 40u);
}

TEST_F(Recovery, PersistTriesAgainButNotForEver) {
    bug_expected = true;
    int tries = 0;
    EXPECT_TRUE(persist([&] { ensure(++tries == 3); }));
    EXPECT_EQ(tries, 3);
    EXPECT_FALSE(persist([] { panic("always"); }));
    bug_expected = false;
}

TEST_F(Recovery, FramesAreNeitherLostNorHandedOutTwice) {
    { // as many as will be needed: chunks have their descriptors
        std::vector<Frame> all;
        for (int i = 0; i < 300; ++i)
            all.push_back(std::move(*Frame::allocate()));
    }
    usize const before = free_now();
    with_a_bug_at_each_step([&] {
        std::vector<Frame> held;
        for (int i = 0; i < 150; ++i)
            if (auto frame = Frame::allocate(mem::Fill::any))
                held.push_back(std::move(*frame));
        Frame const twice = held.front(); // NOLINT(performance-unnecessary-copy-initialization)
        held.clear();
    });
    EXPECT_EQ(free_now(), before);
    expect_all_free_frames();
}

TEST_F(Recovery, MemoryIsTakenOverAllTheSame) {
    usize total = 0;
    with_a_bug_at_each_step([&] {
        mem::testing::reset_memory();
        mem::initialise_frames();
        std::vector<PhysAddr> runs;
        for (int i = 0; i < 3; ++i) // more than a chunk
            if (auto const run = mem::allocate_run(9, mem::Fill::any))
                runs.push_back(*run);
        EXPECT_EQ(runs.size(), 3u);
        for (PhysAddr const run : runs)
            mem::free_run(run, 9);
        if (total == 0)
            total = free_now();
        EXPECT_EQ(free_now(), total);
    });
    expect_all_free_frames();
}

TEST_F(Recovery, RunsAreCutAndFreedWhole) {
    mem::free_run(*mem::allocate_run(0), 0);
    usize const before = free_now();
    with_a_bug_at_each_step([] {
        auto const run = mem::allocate_run(5);
        ASSERT_TRUE(run);
        mem::trim_run(*run, 5, 11);
        mem::free_run_pages(*run, 11);
    });
    EXPECT_EQ(free_now(), before);
    expect_all_free_frames();
}

class HeapRecovery : public Recovery {
protected:
    /// As operator new and delete do it, which let no bug out.
    static void use(usize bytes, int count) {
        std::vector<void*> all;
        for (int i = 0; i < count; ++i)
            if (void* const memory = upcall::allocate_bytes(bytes, 16))
                all.push_back(memory);
        EXPECT_EQ(std::set<void*>(all.begin(), all.end()).size(), all.size());
        for (void* const memory : all)
            upcall::free_bytes(memory, bytes);
    }
};

TEST_F(HeapRecovery, ObjectsComeBack) {
    for (usize const bytes : {usize{16}, usize{200}, usize{4000}}) {
        use(bytes, 1);
        mem::testing::drain_heap();
        usize const before = free_now();
        with_a_bug_at_each_step([&] {
            use(bytes, 60);
            mem::testing::drain_heap();
            EXPECT_EQ(mem::heap_statistics().bytes_used, 0u);
            EXPECT_EQ(free_now(), before);
        });
    }
    expect_all_free_frames();
}

TEST_F(HeapRecovery, LargeAllocationsComeBack) {
    usize const huge = (usize{4} << 20) + page_size;
    use(huge, 1); // page tables stay
    for (usize const bytes : {7 * page_size, huge}) {
        usize const before = free_now();
        with_a_bug_at_each_step(
            [&] {
                use(bytes, 1);
                EXPECT_EQ(free_now(), before);
            },
            bytes == huge ? 97 : 1);
    }
}

TEST_F(Recovery, StacksComeBack) {
    auto const use = [] {
        std::vector<mem::KernelStack> all;
        for (int i = 0; i < 3; ++i)
            if (auto stack = mem::KernelStack::allocate("test"))
                all.push_back(std::move(*stack));
    };
    use();
    mem::Reclaimer::reclaim(1000); // the cached ones
    usize const before = free_now();
    with_a_bug_at_each_step([&] {
        try {
            use();
        } catch (KernelBug const&) {
        }
        mem::Reclaimer::reclaim(1000);
        EXPECT_EQ(free_now(), before);
    });
}

class SpaceRecovery : public Recovery {
protected:
    using Space = Ref<mem::AddressSpace>;

    static UserAddr map(Space const& space, u64 pages, Ref<mem::PageSource> source = {}) {
        auto const at = space->map(
            {.size = pages * page_size, .access = read_write, .source = std::move(source)});
        return at ? *at : UserAddr();
    }

    /// Maps, touches, forks, copies on write, cuts, moves and unmaps.
    static void live(Ref<FakeFile> const& file) {
        Space const space = std::move(*mem::AddressSpace::create(1));
        UserAddr const own = map(space, 8);
        UserAddr const of_file = map(space, 4, file);
        for (u64 page = 0; page < 8; ++page)
            (void)space->handle_fault(own + page * page_size, arch::Access::write);
        for (u64 page = 0; page < 4; ++page)
            (void)space->handle_fault(of_file + page * page_size,
                                      page % 2 == 0 ? arch::Access::write : arch::Access::read);
        {
            Space const child = std::move(*space->clone());
            (void)child->handle_fault(own, arch::Access::write);
            (void)space->handle_fault(own, arch::Access::write);
            (void)child->unmap(own + page_size, page_size);
        }
        (void)space->protect(own + 2 * page_size, 2 * page_size, arch::Access::read);
        (void)space->remap(own + 4 * page_size, 2 * page_size, 6 * page_size,
                           mem::AddressSpace::MoveRule::may_move, {});
        (void)space->unmap(of_file + page_size, page_size);
        file->unmap_pages(0, 1, mem::PageSource::Copies::drop);
    }
};

TEST_F(SpaceRecovery, GiveEverythingBack) {
    auto const file = make_ref<FakeFile>(4);
    live(file);
    mem::testing::drain_heap();
    usize const objects = mem::heap_statistics().bytes_used;
    usize const before = free_now();
    with_a_bug_at_each_step([&] {
        try {
            live(file);
        } catch (KernelBug const&) {
        } catch (ksync::Poisoned const&) {
        }
        mem::testing::drain_heap();
        EXPECT_EQ(mem::heap_statistics().bytes_used, objects);
        EXPECT_EQ(free_now(), before);
    });
    EXPECT_EQ(file->reference_count(), 1u) << "an area still holds the file";
}

} // namespace
