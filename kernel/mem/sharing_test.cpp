// Copy-on-write, shared and file mappings, remapping.
#include "kernel/mem/space_fixture.hpp"

namespace {

using arch::Access;
using mem::MapRequest;
using mem::Sharing;
using mem::Verdict;
using Rule = mem::AddressSpace::MoveRule;

class SharedPages : public InSpace {
protected:
    UserAddr map_file(Ref<FakeFile> const& file, u64 pages, Sharing sharing,
                      arch::AccessFlags access = read_write, u64 first = 0) {
        auto const at = space().map({.size = pages * page_size,
                                     .access = access,
                                     .sharing = sharing,
                                     .source = file,
                                     .source_page = first});
        EXPECT_TRUE(at);
        return *at;
    }
};

TEST_F(SharedPages, ForkCopiesOnWrite) {
    auto const at = map(3);
    store(at, 1);
    store(at + page_size, 2);
    auto const used = mem::frame_statistics().free;
    auto const parent = Ref<mem::AddressSpace>::share(&space());
    auto const child = *space().clone();
    EXPECT_LE(used - mem::frame_statistics().free, 4u) << "only page tables";
    store(at, 11);
    EXPECT_EQ(load(at), 11);
    use(child);
    EXPECT_EQ(load(at), 1);
    store(at + page_size, 22);
    EXPECT_EQ(load(at + 2 * page_size), 0);
    use(parent);
    EXPECT_EQ(load(at + page_size), 2);
    EXPECT_EQ(host::stale_pages(host::active_table()), 0u);
}

TEST_F(SharedPages, LastHolderWritesInPlace) {
    auto const at = map(1);
    store(at, 1);
    {
        auto const child = *space().clone();
    }
    auto const before = mem::frame_statistics().free;
    store(at, 2);
    EXPECT_EQ(mem::frame_statistics().free, before);
}

TEST_F(SharedPages, SharedAnonymousMemorySurvivesFork) {
    auto const at =
        *space().map({.size = 2 * page_size, .access = read_write, .sharing = Sharing::shared});
    store(at, 1);
    auto const parent = Ref<mem::AddressSpace>::share(&space());
    auto const child = *space().clone();
    use(child);
    EXPECT_EQ(load(at), 1);
    store(at, 5);
    store(at + page_size, 6);
    use(parent);
    EXPECT_EQ(load(at), 5);
    EXPECT_EQ(load(at + page_size), 6);
    auto const one = *space().identify(at + 4);
    auto const other = *child->identify(at + 4);
    EXPECT_TRUE(one.object == other.object && one.offset == other.offset);
    auto const private_at = map(1);
    EXPECT_NE(space().identify(private_at)->object, child->identify(at)->object);
    EXPECT_EQ(space().identify(UserAddr(0x1000)).error().code(), Errno::efault);
}

TEST_F(SharedPages, PrivateFileCopiesOnWrite) {
    auto const file = make_ref<FakeFile>(4);
    auto const at = map_file(file, 4, Sharing::private_copy);
    EXPECT_EQ(load(at + page_size), 2);
    store(at + page_size, 99);
    EXPECT_EQ(load(at + page_size), 99);
    EXPECT_EQ(file->at(1, 0), std::byte{2});
    store(at + 2 * page_size, 98); // written before it was read
    EXPECT_EQ(file->at(2, 0), std::byte{3});
    EXPECT_FALSE(file->wrote);
    ASSERT_TRUE(space().discard(at, 4 * page_size));
    EXPECT_EQ(load(at + page_size), 2) << "the file again";
}

TEST_F(SharedPages, SharedFileWritesThrough) {
    auto const file = make_ref<FakeFile>(4);
    auto const at = map_file(file, 2, Sharing::shared, read_write, 2);
    EXPECT_EQ(load(at), 3);
    store(at, 50);
    EXPECT_EQ(file->at(2, 0), std::byte{50});
    EXPECT_TRUE(file->wrote);
}

TEST_F(SharedPages, BeyondTheFileIsABusError) {
    auto const file = make_ref<FakeFile>(1);
    auto const at = map_file(file, 3, Sharing::private_copy);
    EXPECT_EQ(load(at), 1);
    EXPECT_EQ(space().handle_fault(at + page_size, Access::read), Verdict::beyond_file);
    file->fails = Errno::eio;
    EXPECT_EQ(space().handle_fault(at + page_size, Access::read), Verdict::beyond_file);
    file->fails = Errno::enomem;
    EXPECT_EQ(space().handle_fault(at + page_size, Access::read), Verdict::out_of_memory);
}

TEST_F(SharedPages, TruncationTakesPagesAway) {
    auto const file = make_ref<FakeFile>(4);
    auto const shared = map_file(file, 4, Sharing::shared);
    auto const copy = map_file(file, 4, Sharing::private_copy);
    for (u64 page = 0; page < 4; ++page) {
        store(shared + page * page_size + 1, 1);
        store(copy + page * page_size + 1, 1);
    }
    file->truncate(2);
    EXPECT_EQ(load(shared + page_size), 2);
    EXPECT_EQ(load(copy + page_size + 1), 1);
    EXPECT_FALSE(load(shared + 2 * page_size));
    EXPECT_FALSE(load(copy + 3 * page_size));
}

TEST_F(SharedPages, AreasAreDescribed) {
    auto const file = make_ref<FakeFile>(4);
    auto const at = map_file(file, 2, Sharing::private_copy, Access::read, 1);
    bool seen = false;
    space().for_each_area([&](mem::AreaDescription const& area) {
        if (area.start != at)
            return;
        seen = true;
        EXPECT_EQ(area.end, at + 2 * page_size);
        EXPECT_EQ(area.offset, page_size);
        EXPECT_EQ(area.inode, 77u);
        EXPECT_EQ(area.name, "/a/file");
    });
    EXPECT_TRUE(seen);
}

TEST_F(SharedPages, ProtectedSharedPageBecomesWritable) {
    auto const file = make_ref<FakeFile>(1);
    auto const at = map_file(file, 1, Sharing::shared, Access::read);
    EXPECT_EQ(load(at), 1);
    EXPECT_FALSE(store(at, 2));
    ASSERT_TRUE(space().protect(at, page_size, read_write));
    EXPECT_TRUE(store(at, 2));
    EXPECT_EQ(file->at(0, 0), std::byte{2});
}

TEST_F(SharedPages, RemapGrowsShrinksAndMoves) {
    auto const blocker = map(1);
    auto const at = map(2); // ends where `blocker` starts
    ASSERT_EQ(at + 2 * page_size, blocker);
    store(at, 1);
    store(at + page_size, 2);
    EXPECT_EQ(space().remap(at, 2 * page_size, 4 * page_size, Rule::in_place, {}).error().code(),
              Errno::enomem);
    auto const moved = *space().remap(at, 2 * page_size, 4 * page_size, Rule::may_move, {});
    EXPECT_NE(moved, at);
    EXPECT_FALSE(load(at));
    EXPECT_EQ(load(moved), 1);
    EXPECT_EQ(load(moved + page_size), 2);
    EXPECT_EQ(load(moved + 3 * page_size), 0);
    EXPECT_EQ(*space().remap(moved, 4 * page_size, page_size, Rule::in_place, {}), moved);
    EXPECT_FALSE(load(moved + page_size));
    EXPECT_EQ(*space().remap(moved, page_size, 3 * page_size, Rule::in_place, {}), moved);
    EXPECT_EQ(load(moved + page_size), 0);
    UserAddr const exact(0x6000'0000);
    EXPECT_EQ(*space().remap(moved, page_size, 2 * page_size, Rule::exact, exact), exact);
    EXPECT_EQ(load(exact), 1);
    EXPECT_FALSE(load(moved));
    EXPECT_EQ(load(moved + page_size), 0) << "the rest stays";
    EXPECT_EQ(
        space().remap(UserAddr(0x100000), page_size, page_size, Rule::in_place, {}).error().code(),
        Errno::efault);
    EXPECT_EQ(space().remap(exact, 2 * page_size, page_size, Rule::exact, exact).error().code(),
              Errno::einval);
}

TEST_F(SharedPages, RemapOfNothingMapsSharedPagesAgain) {
    auto const file = make_ref<FakeFile>(4);
    auto const at = map_file(file, 4, Sharing::shared);
    auto const twin = *space().remap(at + page_size, 0, 2 * page_size, Rule::may_move, {});
    EXPECT_EQ(load(twin), 2) << "the file's second page";
    store(twin + page_size, 77);
    EXPECT_EQ(load(at + 2 * page_size), 77);
    ASSERT_TRUE(space().unmap(at, 4 * page_size));
    EXPECT_EQ(load(twin + page_size), 77) << "it stands alone";
    auto const code = [&](UserAddr start, Rule rule) {
        return space().remap(start, 0, page_size, rule, {}).error().code();
    };
    EXPECT_EQ(code(twin, Rule::in_place), Errno::enomem);
    EXPECT_EQ(code(map(1), Rule::may_move), Errno::einval) << "private pages have one owner";
    EXPECT_EQ(code(UserAddr(0x100000), Rule::may_move), Errno::efault);
}

TEST_F(SharedPages, RemapOfFilesKeepsTheirPages) {
    auto const file = make_ref<FakeFile>(8);
    auto const at = map_file(file, 2, Sharing::shared, read_write, 1);
    auto const moved = *space().remap(at, 2 * page_size, 6 * page_size, Rule::may_move, {});
    for (u64 page = 0; page < 6; ++page)
        EXPECT_EQ(load(moved + page * page_size), page + 2);
}

TEST_F(SharedPages, EachFailingAllocationOfForkLeavesTheParentWhole) {
    auto const at = map(40);
    for (u64 page = 0; page < 40; ++page)
        store(at + page * page_size, static_cast<u8>(page));
    auto const before = mem::frame_statistics().free;
    bool succeeded = false;
    for (int after = 0; !succeeded; ++after) {
        ASSERT_LT(after, 100);
        mem::testing::fail_after(after);
        auto const child = space().clone();
        mem::testing::fail_after(-1);
        succeeded = child.has_value();
        if (!succeeded)
            EXPECT_EQ(mem::frame_statistics().free, before);
        for (u64 page = 0; page < 40; ++page)
            ASSERT_EQ(load(at + page * page_size), page);
    }
    for (u64 page = 0; page < 40; ++page)
        EXPECT_TRUE(store(at + page * page_size, 1));
}

TEST_F(SharedPages, EachFailingAllocationOfRemapChangesNothing) {
    map(1);
    auto const at = map(4);
    for (u64 page = 0; page < 4; ++page)
        store(at + page * page_size, static_cast<u8>(page + 1));
    for (int after = 0;; ++after) {
        ASSERT_LT(after, 100);
        mem::testing::fail_after(after);
        auto const moved =
            space().remap(at, 4 * page_size, 8 * page_size, Rule::exact, UserAddr(0x6000'0000));
        mem::testing::fail_after(-1);
        UserAddr const now = moved ? *moved : at;
        for (u64 page = 0; page < 4; ++page)
            ASSERT_EQ(load(now + page * page_size), page + 1);
        ASSERT_EQ(resident(), 4u);
        if (moved)
            break;
    }
}

} // namespace
