// Address spaces: what mmap and its family promise to programs.
#include "kernel/mem/address_space.hpp"

#include "kernel/mem/space_fixture.hpp"

namespace {

using arch::Access;
using mem::MapRequest;
using mem::Verdict;

class Space : public InSpace {};

TEST_F(Space, PagesAppearZeroedWhenTouched) {
    auto const at = map(8);
    EXPECT_EQ(resident(), 0u);
    EXPECT_EQ(load(at + 3 * page_size + 5), 0);
    EXPECT_TRUE(store(at + 5 * page_size, 9));
    EXPECT_EQ(load(at + 5 * page_size), 9);
    EXPECT_EQ(resident(), 1u) << "what was only read shares one page of zeros";
    EXPECT_FALSE(load(at + 8 * page_size));
}

TEST_F(Space, ReadingTakesNoMemory) {
    constexpr u64 pages = 64;
    auto const at = map(pages);
    EXPECT_EQ(load(at), 0);
    EXPECT_EQ(load(at + (pages - 1) * page_size), 0);
    auto const before = free_now(); // the page tables are there now
    for (u64 i = 1; i < pages - 1; ++i)
        EXPECT_EQ(load(at + i * page_size), 0);
    EXPECT_EQ(free_now(), before);
    EXPECT_EQ(resident(), 0u);
    EXPECT_TRUE(store(at + 7 * page_size, 7));
    EXPECT_EQ(free_now(), before - 1);
    EXPECT_EQ(resident(), 1u);
    for (u64 i = 0; i < pages; ++i)
        EXPECT_EQ(load(at + i * page_size), i == 7 ? 7 : 0);
}

TEST_F(Space, ThePageOfZerosIsNeverWritten) {
    auto const at = map(2, Access::read);
    EXPECT_EQ(load(at), 0);
    EXPECT_TRUE(space().protect(at, 2 * page_size, read_write));
    auto const child = std::move(*space().clone());
    EXPECT_TRUE(store(at, 1));
    EXPECT_EQ(load(at), 1);
    EXPECT_EQ(load(at + page_size), 0);
    use(child);
    EXPECT_EQ(load(at), 0);
    EXPECT_TRUE(store(at, 2));
    EXPECT_EQ(load(at), 2);
    auto const other = map(1);
    EXPECT_EQ(load(other), 0);
}

TEST_F(Space, AccessIsChecked) {
    auto const at = map(1, Access::read);
    EXPECT_EQ(load(at), 0);
    EXPECT_FALSE(store(at, 1));
    EXPECT_EQ(space().handle_fault(at, Access::write), Verdict::no_access);
    EXPECT_EQ(space().handle_fault(at, Access::execute), Verdict::no_access);
    EXPECT_EQ(space().handle_fault(at - 1, Access::read), Verdict::not_mapped);
    EXPECT_EQ(space().handle_fault(arch::user_end, Access::read), Verdict::not_mapped);
    auto const none = map(1, {});
    EXPECT_FALSE(load(none));
    auto const write_only = map(1, Access::write);
    EXPECT_TRUE(store(write_only, 3));
    EXPECT_EQ(load(write_only), 3) << "as on x86";
}

TEST_F(Space, PlacesGrowDownwards) {
    auto const first = map(1);
    auto const second = map(3);
    EXPECT_EQ(second + 3 * page_size, first);
    EXPECT_LE(first + page_size, space().layout().map_top);
}

TEST_F(Space, HintIsTakenWhenFree) {
    UserAddr const hint(0x5000'0000);
    MapRequest request{.at = hint, .size = page_size, .access = read_write};
    EXPECT_EQ(*space().map(request), hint);
    EXPECT_NE(*space().map(request), hint);
}

TEST_F(Space, FreshPlaceRefusesOverlap) {
    auto const at = map(4);
    MapRequest request{.at = at + page_size,
                       .size = page_size,
                       .access = read_write,
                       .place = MapRequest::Place::exact_fresh};
    EXPECT_EQ(space().map(request).error().code(), Errno::eexist);
    ASSERT_TRUE(space().unmap(at + page_size, page_size));
    EXPECT_EQ(*space().map(request), at + page_size);
}

TEST_F(Space, WrongRequestsAreRefused) {
    auto const error = [&](MapRequest const& request) {
        return space().map(request).error().code();
    };
    EXPECT_EQ(error({.size = 0, .access = read_write}), Errno::einval);
    EXPECT_EQ(error({.size = ~u64{0}, .access = read_write}), Errno::enomem);
    EXPECT_EQ(error({.size = u64{1} << 50, .access = read_write}), Errno::enomem);
    EXPECT_EQ(error({.at = UserAddr(0x1001),
                     .size = page_size,
                     .access = read_write,
                     .place = MapRequest::Place::exact_replacing}),
              Errno::einval);
    EXPECT_EQ(error({.at = arch::user_end,
                     .size = page_size,
                     .access = read_write,
                     .place = MapRequest::Place::exact_replacing}),
              Errno::enomem);
    EXPECT_EQ(error({.size = page_size, .access = read_write, .most_access = Access::read}),
              Errno::eacces);
    EXPECT_EQ(error({.size = host::arena_size * 2, .access = read_write}), Errno::enomem);
    EXPECT_TRUE(space().map({.size = host::arena_size * 2, .access = Access::read}));
    EXPECT_EQ(space().unmap(UserAddr(0x10001), page_size).error().code(), Errno::einval);
    EXPECT_EQ(space().unmap(UserAddr(0x10000), 0).error().code(), Errno::einval);
    EXPECT_TRUE(space().unmap(UserAddr(0x10000), page_size));
}

TEST_F(Space, ProtectSplitsAndJoins) {
    auto const at = map(6);
    for (u64 page = 0; page < 6; ++page)
        store(at + page * page_size, static_cast<u8>(page));
    ASSERT_TRUE(space().protect(at + 2 * page_size, 2 * page_size, Access::read));
    EXPECT_FALSE(store(at + 2 * page_size, 1));
    EXPECT_TRUE(store(at + 4 * page_size, 44));
    EXPECT_EQ(load(at + 3 * page_size), 3);
    int areas = 0;
    space().for_each_area([&](auto const&) { ++areas; });
    EXPECT_EQ(areas, 3);
    ASSERT_TRUE(space().protect(at + 2 * page_size, 2 * page_size, {}));
    EXPECT_FALSE(load(at + 2 * page_size));
    ASSERT_TRUE(space().protect(at, 6 * page_size, read_write));
    EXPECT_EQ(load(at + 2 * page_size), 2) << "contents survive PROT_NONE";
    EXPECT_TRUE(store(at + 2 * page_size, 1));
    areas = 0;
    space().for_each_area([&](auto const&) { ++areas; });
    EXPECT_EQ(areas, 1);
    EXPECT_EQ(space().protect(at + 1, page_size, Access::read).error().code(), Errno::einval);
}

TEST_F(Space, ProtectStopsAtAHoleButChangesWhatLiesBefore) {
    auto const at = map(6);
    ASSERT_TRUE(space().unmap(at + 3 * page_size, page_size));
    EXPECT_EQ(space().protect(at, 6 * page_size, Access::read).error().code(), Errno::enomem);
    EXPECT_FALSE(store(at + 2 * page_size, 1)) << "before the hole";
    EXPECT_TRUE(store(at + 4 * page_size, 1)) << "behind it";
    EXPECT_EQ(space().protect(at + 3 * page_size, 3 * page_size, Access::read).error().code(),
              Errno::enomem);
    EXPECT_TRUE(store(at + 4 * page_size, 1)) << "nothing lies before the hole";
    EXPECT_EQ(space().protect(at, 7 * page_size, read_write).error().code(), Errno::enomem);
    EXPECT_TRUE(store(at, 1));
}

TEST_F(Space, ProtectStopsAtAnAreaThatForbidsIt) {
    auto const at = map(2);
    auto const source = *mem::SharedMemory::create(1);
    ASSERT_TRUE(space().map({.at = at + page_size,
                             .size = page_size,
                             .access = Access::read,
                             .most_access = Access::read,
                             .sharing = mem::Sharing::shared,
                             .source = source,
                             .place = mem::MapRequest::Place::exact_replacing}));
    ASSERT_TRUE(space().protect(at, page_size, Access::read));
    EXPECT_EQ(space().protect(at, 2 * page_size, read_write).error().code(), Errno::eacces);
    EXPECT_TRUE(store(at, 1));
    EXPECT_FALSE(store(at + page_size, 1));
}

TEST_F(Space, UnmapMakesAHole) {
    auto const at = map(5);
    for (u64 page = 0; page < 5; ++page)
        store(at + page * page_size, 7);
    auto const before = mem::frame_statistics().free;
    ASSERT_TRUE(space().unmap(at + page_size, 3 * page_size));
    EXPECT_EQ(mem::frame_statistics().free, before + 3);
    EXPECT_EQ(load(at), 7);
    EXPECT_FALSE(load(at + page_size));
    EXPECT_FALSE(load(at + 3 * page_size));
    EXPECT_EQ(load(at + 4 * page_size), 7);
    EXPECT_FALSE(space().covered(at, 5 * page_size));
    EXPECT_TRUE(space().covered(at, page_size));
}

TEST_F(Space, DiscardZeroesAnonymousMemory) {
    auto const at = map(2);
    store(at, 1);
    ASSERT_TRUE(space().discard(at, 2 * page_size));
    EXPECT_EQ(load(at), 0);
    EXPECT_EQ(space().discard(at, 3 * page_size).error().code(), Errno::enomem);
}

TEST_F(Space, BreakMovesBothWays) {
    UserAddr const start(0x4000'0123);
    space().set_break_start(start);
    EXPECT_EQ(space().set_break(UserAddr()), start);
    EXPECT_EQ(space().set_break(start + 3 * page_size), start + 3 * page_size);
    EXPECT_TRUE(store(start + 2 * page_size, 5));
    EXPECT_EQ(space().set_break(start + page_size), start + page_size);
    EXPECT_FALSE(load(start + 2 * page_size));
    EXPECT_EQ(space().set_break(start + 3 * page_size), start + 3 * page_size);
    EXPECT_EQ(load(start + 2 * page_size), 0);
    map(1, read_write, (start + 5 * page_size).page_up());
    EXPECT_EQ(space().set_break(start + 9 * page_size), start + 3 * page_size) << "in the way";
    bool named = false;
    space().for_each_area([&](auto const& area) { named |= area.name == "[heap]"; });
    EXPECT_TRUE(named);
}

TEST_F(Space, StackGrowsToItsLimitAndKeepsItsGuard) {
    UserAddr const top(0x7000'0000'0000);
    ASSERT_TRUE(space().map({.at = top - 4 * page_size,
                             .size = 4 * page_size,
                             .access = read_write,
                             .place = MapRequest::Place::exact_fresh,
                             .grows_down = true,
                             .label = "[stack]"}));
    space().set_limits(~u64{0}, 1_MiB, ~u64{0});
    EXPECT_TRUE(store(top - 1_MiB, 1));
    EXPECT_FALSE(store(top - 1_MiB - 1, 1));
    EXPECT_EQ(space().use().stack, 1_MiB);
    space().set_limits(~u64{0}, 8_MiB, ~u64{0});
    map(1, read_write, top - 4_MiB);
    EXPECT_FALSE(store(top - 4_MiB + page_size, 1)) << "guard";
    EXPECT_TRUE(store(top - 4_MiB + page_size + 1_MiB, 1));
}

TEST_F(Space, LimitsHold) {
    space().set_limits(16 * page_size, 8_MiB, ~u64{0});
    map(16);
    EXPECT_EQ(space().map({.size = page_size, .access = read_write}).error().code(), Errno::enomem);
    space().set_limits(~u64{0}, 8_MiB, 20 * page_size);
    map(4);
    EXPECT_EQ(space().map({.size = page_size, .access = read_write}).error().code(), Errno::enomem);
    EXPECT_TRUE(space().map({.size = page_size, .access = Access::read}));
}

TEST_F(Space, PopulateFillsAtOnce) {
    ASSERT_TRUE(space().map({.size = 5 * page_size, .access = read_write, .populate = true}));
    EXPECT_EQ(resident(), 5u);
}

TEST_F(Space, RandomDrawsDiffer) {
    auto const one = (*mem::AddressSpace::create(1))->layout();
    auto const two = (*mem::AddressSpace::create(2))->layout();
    EXPECT_NE(one.map_top, two.map_top);
    EXPECT_NE(one.stack_top, two.stack_top);
    EXPECT_NE(one.program_base, two.program_base);
    EXPECT_LT(one.map_top, one.stack_top);
    EXPECT_TRUE(one.map_top.is_page_aligned() && one.stack_top.is_page_aligned() &&
                one.program_base.is_page_aligned());
}

TEST_F(Space, CopiesFromOutsideFaultPagesIn) {
    auto const at = map(3);
    mem::AddressSpace::deactivate();
    char const text[] = "across a page border";
    UserAddr const place = at + page_size - 8;
    EXPECT_EQ(space().copy_out(place, std::as_bytes(std::span(text))), sizeof(text));
    char back[sizeof(text)] = {};
    EXPECT_EQ(space().copy_in(std::as_writable_bytes(std::span(back)), place), sizeof(text));
    EXPECT_STREQ(back, text);
    EXPECT_EQ(space().copy_out(at + 3 * page_size - 4, std::as_bytes(std::span(text))), 4u);
    EXPECT_EQ(space().copy_out(arch::user_end, std::as_bytes(std::span(text))), 0u);
    EXPECT_EQ(space().copy_out(UserAddr(~u64{0} - 100), std::as_bytes(std::span(text))), 0u);
}

TEST_F(Space, OutOfMemoryIsAVerdict) {
    auto const at = map(4);
    mem::testing::fail_after(0);
    EXPECT_EQ(space().handle_fault(at, Access::write), Verdict::out_of_memory);
    mem::testing::fail_after(1); // the frame is there, the page table is not
    EXPECT_EQ(space().handle_fault(at, Access::write), Verdict::out_of_memory);
    mem::testing::fail_after(-1);
    EXPECT_EQ(space().handle_fault(at, Access::write), Verdict::resolved);
    EXPECT_EQ(resident(), 1u);
}

TEST_F(Space, NothingIsLeftBehind) {
    auto const before = mem::frame_statistics().free;
    {
        auto other = *mem::AddressSpace::create(5);
        use(other);
        auto const at = map(100);
        for (u64 page = 0; page < 100; ++page)
            store(at + page * page_size, 1);
        auto const child = *other->clone();
        store(at, 2);
        use(*mem::AddressSpace::create(6));
    }
    use(*mem::AddressSpace::create(7));
    EXPECT_EQ(mem::frame_statistics().free, before);
}

} // namespace
