// Random operations on several related address spaces, compared page by page with a simple model.
#include "kernel/mem/space_fixture.hpp"

#include <array>
#include <memory>
#include <random>
#include <vector>

namespace {

constexpr u64 window = 24; ///< pages
constexpr UserAddr base{0x4000'0000};

UserAddr at_page(u64 page) {
    return base + page * page_size;
}

struct ModelPage {
    bool mapped = false;
    bool readable = false;
    bool writable = false;
    u8 own = 0;                   ///< value of a private page
    std::shared_ptr<u8> together; ///< value of a shared page
};

struct Program {
    Ref<mem::AddressSpace> space;
    std::array<ModelPage, window> pages;
};

class SpaceModel : public InSpace {
protected:
    void check(Program const& program) {
        use(program.space);
        for (u64 page = 0; page < window; ++page) {
            auto const& model = program.pages[page];
            auto const value = load(at_page(page) + 17);
            if (!model.mapped || !model.readable) {
                ASSERT_FALSE(value) << page;
                continue;
            }
            ASSERT_TRUE(value) << page;
            ASSERT_EQ(*value, model.together ? *model.together : model.own) << page;
        }
    }

    void step(std::vector<Program>& programs, std::mt19937& random) {
        Program& program = programs[random() % programs.size()];
        use(program.space);
        u64 const first = random() % window;
        u64 const end = first + 1 + random() % std::min<u64>(6, window - first);
        auto const for_pages = [&](auto change) {
            for (u64 page = first; page < end; ++page)
                change(program.pages[page], page);
        };
        u64 const size = (end - first) * page_size;
        switch (random() % 12) {
        case 0:
        case 1: {
            bool const shared = random() % 3 == 0;
            ASSERT_TRUE(program.space->map(
                {.at = at_page(first),
                 .size = size,
                 .access = read_write,
                 .sharing = shared ? mem::Sharing::shared : mem::Sharing::private_copy,
                 .place = mem::MapRequest::Place::exact_replacing}));
            for_pages([&](ModelPage& page, u64) {
                page = {
                    .mapped = true, .readable = true, .writable = true, .own = 0, .together = {}};
                if (shared)
                    page.together = std::make_shared<u8>(0);
            });
            break;
        }
        case 2:
            ASSERT_TRUE(program.space->unmap(at_page(first), size));
            for_pages([](ModelPage& page, u64) { page = {}; });
            break;
        case 3: {
            u64 const kind = random() % 3;
            auto const access = kind == 0   ? arch::AccessFlags()
                                : kind == 1 ? arch::AccessFlags(arch::Access::read)
                                            : read_write;
            bool whole = true; // a hole ends it
            for_pages([&](ModelPage& page, u64) {
                whole &= page.mapped;
                if (whole) {
                    page.readable = kind > 0;
                    page.writable = kind > 1;
                }
            });
            ASSERT_EQ(program.space->protect(at_page(first), size, access).has_value(), whole);
            break;
        }
        case 4:
            (void)program.space->discard(at_page(first), size);
            for_pages([](ModelPage& page, u64) { page.own = 0; });
            break;
        case 5: {
            // Moves a range of pages that are one area each time onto another place.
            u64 const to = random() % window;
            u64 const count = end - first;
            if (to + count > window || (to < end && first < to + count))
                break;
            auto const moved = program.space->remap(
                at_page(first), size, size, mem::AddressSpace::MoveRule::exact, at_page(to));
            if (!moved)
                break; // not one area
            for (u64 i = 0; i < count; ++i) {
                program.pages[to + i] = program.pages[first + i];
                program.pages[first + i] = {};
            }
            break;
        }
        case 6:
            if (programs.size() < 4) {
                auto child = program.space->clone();
                ASSERT_TRUE(child);
                programs.push_back({std::move(*child), program.pages});
            } else {
                use(programs[0].space);
                programs.erase(programs.begin() + 1 + static_cast<isize>(random() % 3));
            }
            break;
        default: {
            auto& model = program.pages[first];
            u8 const value = static_cast<u8>(random());
            ASSERT_EQ(store(at_page(first) + 17, value), model.mapped && model.writable);
            if (model.mapped && model.writable)
                (model.together ? *model.together : model.own) = value;
        }
        }
    }
};

TEST_F(SpaceModel, ManyRandomSteps) {
    auto const before = free_now();
    for (u32 seed = 1; seed <= 6; ++seed) {
        std::mt19937 random(seed);
        std::vector<Program> programs;
        programs.push_back({*mem::AddressSpace::create(seed), {}});
        for (int i = 0; i < 1500; ++i) {
            ASSERT_NO_FATAL_FAILURE(step(programs, random)) << "seed " << seed << " step " << i;
            for (auto const& program : programs) {
                use(program.space);
                ASSERT_EQ(host::stale_pages(host::active_table()), 0u);
            }
            if (i % 10 == 0)
                for (auto const& program : programs)
                    ASSERT_NO_FATAL_FAILURE(check(program)) << "seed " << seed << " step " << i;
        }
    }
    use(*mem::AddressSpace::create(1));
    EXPECT_LE(before - free_now(), mem::descriptor_pages + 40);
}

TEST_F(SpaceModel, WithRandomFailures) {
    std::mt19937 random(99);
    auto space = *mem::AddressSpace::create(1);
    use(space);
    std::array<bool, window> mapped{};
    for (int i = 0; i < 4000; ++i) {
        u64 const page = random() % window;
        mem::testing::fail_after(static_cast<i64>(random() % 4));
        switch (random() % 5) {
        case 0:
            mapped[page] |= space
                                ->map({.at = at_page(page),
                                       .size = page_size,
                                       .access = read_write,
                                       .place = mem::MapRequest::Place::exact_replacing})
                                .has_value();
            break;
        case 1:
            if (space->unmap(at_page(page), page_size))
                mapped[page] = false;
            break;
        case 2:
            (void)space->clone();
            break;
        case 3:
            (void)space->protect(at_page(page), page_size, arch::Access::read);
            break;
        default:
            (void)store(at_page(page), 1);
        }
        mem::testing::fail_after(-1);
        ASSERT_EQ(space->covered(at_page(page), page_size), mapped[page]);
    }
}

} // namespace
