// The map of areas against a model of single pages.
#include "kernel/mem/area.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

namespace {

using arch::Access;
using mem::Area;
using mem::AreaMap;

constexpr u64 base = 0x10000;

UserAddr at_page(u64 page) {
    return UserAddr(base + page * page_size);
}

Box<Area> make_area(u64 first, u64 end, arch::AccessFlags access = Access::read,
                    char const* label = "") {
    auto area = make<Area>();
    area->start = at_page(first);
    area->end = at_page(end);
    area->access = access;
    area->most_access = Access::read | Access::write | Access::execute;
    area->label = label;
    return area;
}

TEST(Areas, FindAndOrder) {
    AreaMap map(nullptr);
    map.insert(make_area(10, 12));
    map.insert(make_area(2, 4));
    map.insert(make_area(6, 7));
    EXPECT_EQ(map.find(at_page(3))->start, at_page(2));
    EXPECT_EQ(map.find(at_page(4)), nullptr);
    EXPECT_EQ(map.find(at_page(4) - 1)->start, at_page(2));
    EXPECT_EQ(map.first_after(at_page(4))->start, at_page(6));
    EXPECT_EQ(map.first_after(at_page(12)), nullptr);
    EXPECT_EQ(map.mapped_bytes(), 5 * page_size);
    EXPECT_TRUE(map.any_in(at_page(0), at_page(3)));
    EXPECT_FALSE(map.any_in(at_page(4), at_page(6)));
    EXPECT_TRUE(map.covers(at_page(2), at_page(4)));
    EXPECT_FALSE(map.covers(at_page(2), at_page(5)));
}

TEST(Areas, OverlapIsABug) {
    AreaMap map(nullptr);
    map.insert(make_area(2, 4));
    EXPECT_THROW(map.insert(make_area(3, 5)), KernelBug);
    EXPECT_THROW(map.insert(make_area(5, 5)), KernelBug);
}

TEST(Areas, SplitAndMergeAreInverse) {
    AreaMap map(nullptr);
    map.insert(make_area(2, 10));
    EXPECT_TRUE(map.split(at_page(5)));
    EXPECT_TRUE(map.split(at_page(7)));
    EXPECT_TRUE(map.split(at_page(7)));
    EXPECT_TRUE(map.split(at_page(20)));
    EXPECT_EQ(map.count(), 3u);
    EXPECT_EQ(map.mapped_bytes(), 8 * page_size);
    EXPECT_TRUE(map.covers(at_page(2), at_page(10)));
    map.merge(at_page(5), at_page(7));
    EXPECT_EQ(map.count(), 1u);
    EXPECT_EQ(map.mapped_bytes(), 8 * page_size);
}

TEST(Areas, DifferentNeighboursStayApart) {
    AreaMap map(nullptr);
    map.insert(make_area(2, 4, Access::read));
    map.insert(make_area(4, 6, Access::write));
    map.insert(make_area(6, 8, Access::write, "[heap]"));
    map.merge(at_page(0), at_page(100));
    EXPECT_EQ(map.count(), 3u);
}

TEST(Areas, GapsAreHighestAndKeepTheGuard) {
    AreaMap map(nullptr);
    EXPECT_EQ(map.find_gap(page_size, at_page(0), at_page(10), 0), at_page(9));
    EXPECT_FALSE(map.find_gap(11 * page_size, at_page(0), at_page(10), 0));
    map.insert(make_area(8, 9));
    EXPECT_EQ(map.find_gap(page_size, at_page(0), at_page(10), 0), at_page(9));
    EXPECT_EQ(map.find_gap(2 * page_size, at_page(0), at_page(10), 0), at_page(6));
    auto stack = make_area(20, 21);
    stack->grows_down = true;
    map.insert(std::move(stack));
    EXPECT_EQ(map.find_gap(page_size, at_page(0), at_page(20), 4 * page_size), at_page(15));
    EXPECT_EQ(map.find_gap(page_size, at_page(0), at_page(18), 4 * page_size), at_page(15));
}

TEST(Areas, AgainstModel) {
    constexpr usize pages = 48;
    AreaMap map(nullptr);
    std::array<int, pages> model{}; // 0 free, else access bits
    std::mt19937 random(11);
    for (int step = 0; step < 20000; ++step) {
        u64 const first = random() % pages;
        u64 const end = first + 1 + random() % (pages - first);
        u32 const access = 1 + random() % 3;
        ASSERT_TRUE(map.split(at_page(first)));
        ASSERT_TRUE(map.split(at_page(end)));
        for (Area* area = map.first_after(at_page(first));
             area != nullptr && area->start < at_page(end);) {
            Area* const after = map.next(*area);
            map.remove(*area);
            area = after;
        }
        bool const fill = random() % 2 == 0;
        if (fill) {
            map.insert(make_area(first, end, arch::AccessFlags::from_bits(access)));
            map.merge(at_page(first), at_page(end));
        }
        std::fill(model.begin() + static_cast<isize>(first),
                  model.begin() + static_cast<isize>(end), fill ? static_cast<int>(access) : 0);
        usize runs = 0;
        u64 mapped = 0;
        for (usize page = 0; page < pages; ++page) {
            Area const* const area = map.find(at_page(page) + random() % page_size);
            ASSERT_EQ(area != nullptr ? static_cast<int>(area->access.bits()) : 0, model[page]);
            mapped += model[page] != 0 ? page_size : 0;
            runs += model[page] != 0 && (page == 0 || model[page - 1] != model[page]);
        }
        ASSERT_EQ(map.count(), runs) << "neighbours that continue each other are joined";
        ASSERT_EQ(map.mapped_bytes(), mapped);
        u64 const size = 1 + random() % 6;
        isize best = -1;
        for (usize start = 0; start + size <= pages; ++start)
            if (std::all_of(model.begin() + static_cast<isize>(start),
                            model.begin() + static_cast<isize>(start + size),
                            [](int value) { return value == 0; }))
                best = static_cast<isize>(start);
        auto const gap = map.find_gap(size * page_size, at_page(0), at_page(pages), 0);
        ASSERT_EQ(gap.has_value(), best >= 0);
        if (gap)
            ASSERT_EQ(*gap, at_page(static_cast<u64>(best)));
    }
}

} // namespace
