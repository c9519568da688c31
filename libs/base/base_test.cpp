// Tests of libs/base: containers, ownership, formatting, results.
#include "libs/base/box.hpp"
#include "libs/base/flags.hpp"
#include "libs/base/format.hpp"
#include "libs/base/ref.hpp"
#include "libs/base/scope.hpp"
#include "libs/base/units.hpp"
#include "libs/base/vector.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Vector, GrowsAndChecksItsIndex) {
    Vector<int> numbers;
    for (int i = 0; i < 100; ++i)
        numbers.push_back(i);
    numbers.insert(0, -1);
    numbers.erase(1);
    EXPECT_EQ(numbers[0], -1);
    EXPECT_EQ(numbers[99], 99);
    EXPECT_THROW(numbers[100], KernelBug);
}

// Copies allocate: an assignment that promised not to throw would end in a bug.
static_assert(!std::is_nothrow_copy_assignable_v<Vector<int>>);
static_assert(!std::is_nothrow_copy_assignable_v<String>);

// Members that are set up after others may fail by a bug; promised not to, it would lose the
// others.
static_assert(!std::is_nothrow_default_constructible_v<Vector<int>>);
static_assert(!std::is_nothrow_default_constructible_v<String>);
static_assert(!std::is_nothrow_default_constructible_v<Box<int>>);

TEST(Vector, PushBackOfOwnElementSurvivesGrowth) {
    Vector<String> texts;
    texts.push_back("first");
    while (texts.size() < 100)
        texts.push_back(texts[0]);
    EXPECT_EQ(texts[99], "first");
}

TEST(Ref, LastReferenceDeletes) {
    static int alive = 0;

    struct Counted : RefCounted {
        Counted() { ++alive; }

        ~Counted() override { --alive; }
    };

    {
        Ref<Counted> const first = make_ref<Counted>();
        Ref<RefCounted> const second = first;
        EXPECT_EQ(alive, 1);
        EXPECT_EQ(first->reference_count(), 2u);
    }
    EXPECT_EQ(alive, 0);
}

TEST(Box, EmptyDereferenceIsABug) {
    Box<int> box;
    EXPECT_THROW(*box, KernelBug);
    box = make<int>(3);
    EXPECT_EQ(*box, 3);
}

TEST(Format, NumbersTextAndPadding) {
    EXPECT_EQ(format("{} {:x} {:04} {:<6}|{:6}|", -5, 255u, 42, "ab", 7).view(),
              "-5 ff 0042 ab    |     7|");
    EXPECT_EQ(format("{{}} {}", UserAddr(0x1000)).view(), "{} 0x1000");
    EXPECT_EQ(format("{}", INT64_MIN).view(), "-9223372036854775808");
}

TEST(Format, FixedBufferCountsWhatItLost) {
    char buffer[4];
    BufferSink sink(buffer);
    format_to(sink, "{}", 123456);
    EXPECT_EQ(sink.text(), "1234");
    EXPECT_EQ(sink.lost(), 2u);
}

Result<int> half(int number) {
    if (number % 2 != 0)
        return fail(Errno::einval);
    return number / 2;
}

Result<int> quarter(int number) {
    int const once = TRY(half(number));
    return TRY(half(once));
}

TEST(Result, TryPropagatesWithTheLineThatDecided) {
    EXPECT_EQ(*quarter(8), 2);
    auto const failed = quarter(6);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error(), Errno::einval);
    EXPECT_NE(failed.error().where().line(), 0u);
}

TEST(Undo, RunsUnlessKept) {
    int undone = 0;
    {
        Undo undo([&]() noexcept { ++undone; });
    }
    {
        Undo undo([&]() noexcept { ++undone; });
        undo.keep();
    }
    EXPECT_EQ(undone, 1);
}

TEST(Units, TimeStopsAtItsEnds) {
    constexpr auto earliest = Nanoseconds(INT64_MIN);
    EXPECT_EQ(Nanoseconds::seconds(INT64_MAX / 2), Nanoseconds::never());
    EXPECT_EQ(Nanoseconds::seconds(-INT64_MAX / 2), earliest);
    EXPECT_EQ(Nanoseconds::milliseconds(INT64_MIN), earliest);
    EXPECT_EQ(earliest - Nanoseconds(1), earliest);
    EXPECT_EQ(Nanoseconds::never() - Nanoseconds(-1), Nanoseconds::never());
    EXPECT_EQ(Nanoseconds::seconds(2) - Nanoseconds(1), Nanoseconds(1'999'999'999));
}

} // namespace
