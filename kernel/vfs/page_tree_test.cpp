// Tests of the radix tree of pages.
#include "kernel/vfs/page_tree.hpp"

#include "kernel/mem/memory_fixture.hpp"

#include <map>
#include <random>

namespace {

class PageTree : public FreshMemory {};

mem::Frame frame() {
    return *mem::Frame::allocate(mem::Fill::any);
}

TEST_F(PageTree, FindsWhatWasInsertedFarApart) {
    vfs::PageTree tree;
    u64 const indices[] = {0, 1, 63, 64, 4095, 4096, 262144, u64{1} << 40, (u64{1} << 51) - 1};
    std::map<u64, PhysAddr> expected;
    for (u64 const index : indices) {
        mem::Frame page = frame();
        expected[index] = page.address();
        tree.insert(index, std::move(page));
    }
    for (auto const& [index, address] : expected)
        EXPECT_EQ(tree.find(index).address(), address) << index;
    EXPECT_FALSE(tree.find(2));
    EXPECT_FALSE(tree.find(u64{1} << 41));
    EXPECT_FALSE(tree.find(UINT64_MAX));
}

TEST_F(PageTree, LooksForTheNextPageAndTheNextGap) {
    vfs::PageTree tree;
    for (u64 const index : {5, 6, 7, 700})
        tree.insert(index, frame());
    EXPECT_EQ(tree.next_present(0), 5);
    EXPECT_EQ(tree.next_present(7), 7);
    EXPECT_EQ(tree.next_present(8), 700);
    EXPECT_EQ(tree.next_present(701), std::nullopt);
    EXPECT_EQ(tree.next_absent(0), 0);
    EXPECT_EQ(tree.next_absent(5), 8);
}

TEST_F(PageTree, AgreesWithAMapUnderRandomChanges) {
    std::mt19937_64 random(7);
    vfs::PageTree tree;
    std::map<u64, PhysAddr> model;
    for (int step = 0; step < 5000; ++step) {
        u64 const index = random() % 3 == 0 ? random() % (u64{1} << 30) : random() % 300;
        switch (random() % 4) {
        case 0:
        case 1:
            if (!model.contains(index) && model.size() < 800) {
                mem::Frame page = frame();
                model[index] = page.address();
                tree.insert(index, std::move(page));
            }
            break;
        case 2:
            EXPECT_EQ(bool(tree.remove(index)), model.erase(index) == 1);
            break;
        default: {
            u64 const end = index + random() % 200;
            usize removed = 0;
            for (auto at = model.lower_bound(index); at != model.end() && at->first < end;) {
                at = model.erase(at);
                ++removed;
            }
            EXPECT_EQ(tree.remove_range(index, end), removed);
        }
        }
        auto const next = model.lower_bound(index);
        EXPECT_EQ(tree.next_present(index),
                  next == model.end() ? std::nullopt : std::optional<u64>(next->first));
    }
    for (auto const& [index, address] : model)
        EXPECT_EQ(tree.find(index).address(), address);
}

TEST_F(PageTree, GivesEveryPageBack) {
    mem::Frame const watched = frame();
    {
        vfs::PageTree tree;
        for (u64 index = 0; index < 100; ++index)
            tree.insert(index * 977, watched);
        EXPECT_EQ(watched.shares(), 101u);
        EXPECT_EQ(tree.remove_range(0, 977 * 50), 50);
        EXPECT_EQ(watched.shares(), 51u);
    }
    EXPECT_EQ(watched.shares(), 1u);
}

} // namespace
