// Records of the log: lines of files, of services, of the kernel; cutting, and searching.
#include "libs/journal/lines.hpp"
#include "libs/journal/query.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace journal;

constexpr i64 some_time = 1'798'135'200'123'456; // 2026-12-24 18:00 UTC

TEST(Record, IsALineOfAFile) {
    Record const record = {some_time, 4, "crond", "a \\ b"};
    auto const line = line_of(record);
    EXPECT_EQ(line, "2026-12-24T18:00:00.123456Z 4 crond: a \\ b\n");
    auto const again = parse_line(line.view().substr(0, line.size() - 1));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->time, some_time);
    EXPECT_EQ(again->priority, 4);
    EXPECT_EQ(again->service, "crond");
    EXPECT_EQ(again->text, "a \\ b");
}

TEST(Record, KeepsItsLineWhole) {
    EXPECT_EQ(line_of({0, 6, "a b/c\n", "x\ny\tz\033[1m\177\0"}),
              "1970-01-01T00:00:00.000000Z 6 a_b_c_: x\\x0ay\tz\\x1b[1m\\x7f\n");
    EXPECT_EQ(line_of({-1, 0, "", ""}), "1969-12-31T23:59:59.999999Z 0 unknown: \n");
    auto const longest = line_of({0, 6, std::string(100, 'a'), "x"});
    EXPECT_TRUE(parse_line(longest.view().substr(0, longest.size() - 1)));
}

TEST(Record, OfADamagedLineIsNone) {
    std::string const good = "2026-12-24T18:00:00.123456Z 4 crond: text";
    ASSERT_TRUE(parse_line(good));
    for (usize size = 0; size < good.find(": ") + 2; ++size)
        EXPECT_FALSE(parse_line(good.substr(0, size))) << size;
    for (auto const* const line :
         {"2026-12-24T18:00:00.123456Z 8 crond: x", "2026-12-24T18:00:00.12345xZ 4 crond: x",
          "2026-13-24T18:00:00.123456Z 4 crond: x", "2026-12-24T18:00:00.123456Z 4 cro/nd: x",
          "2026-12-24T18:00:00.123456Z 4 : x", "2026-12-24T18:00:00,123456Z 4 crond: x",
          "2026-12-24T18:00:00.123456Z44 crond: x"})
        EXPECT_FALSE(parse_line(line)) << line;
}

TEST(Input, HasAPriorityAndAName) {
    auto const record = parse_input("<30>web-server: hello: world");
    EXPECT_EQ(record.priority, 6);
    EXPECT_EQ(record.service, "web-server");
    EXPECT_EQ(record.text, "hello: world");
    EXPECT_EQ(parse_input("<3>a: ").text, "");
    for (auto const* const line : {"", "hello", "<6>", "<6>hello", "<6>a b: x", "<x>a: x",
                                   "<192>a: x", "<-1>a: x", "<6a: x", "<6>: x", "<>a: x"}) {
        auto const broken = parse_input(line);
        EXPECT_EQ(broken.service, "unknown") << line;
        EXPECT_EQ(broken.text, line);
        EXPECT_EQ(broken.priority, 5);
    }
}

TEST(Kernel, HasSequenceAndTime) {
    auto const found = parse_kernel("4,123,4567890,-;a text; more\n KEY=value\n");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->sequence, 123u);
    EXPECT_EQ(found->record.priority, 4);
    EXPECT_EQ(found->record.time, 4'567'890);
    EXPECT_EQ(found->record.text, "a text; more");
    EXPECT_EQ(found->record.service, "kernel");
    EXPECT_EQ(parse_kernel("14,1,2;x")->record.priority, 6);
    for (auto const* const text : {"", "4,1,2", "4,1;x", "x,1,2,-;y", "4,,2,-;y", ",1,2,-;y"})
        EXPECT_FALSE(parse_kernel(text)) << text;
}

std::vector<std::string> cut(std::vector<std::string> const& pieces) {
    Lines lines(100);
    std::vector<std::string> found;
    for (auto const& piece : pieces)
        lines.add(piece, [&](std::string_view line) { found.emplace_back(line); });
    return found;
}

TEST(Lines, ComeOutOfPieces) {
    EXPECT_EQ(cut({"a", "b\nc\n\n", "", "d\ne"}), (std::vector<std::string>{"ab", "c", "d"}));
    std::string const longest(100, 'x');
    EXPECT_EQ(cut({longest + "\n"})[0], longest);
    EXPECT_EQ(cut({longest, "yy", "yz\nshort\n"}),
              (std::vector<std::string>{longest + " [and 4 bytes more]", "short"}));
}

TEST(Query, Chooses) {
    Record const record = {some_time, 4, "crond", "job 3 ended"};
    EXPECT_TRUE(Query{}.matches(record));
    EXPECT_TRUE((Query{.services = "init,crond", .priority = 4}.matches(record)));
    EXPECT_FALSE((Query{.services = "init,cron"}.matches(record)));
    EXPECT_FALSE((Query{.priority = 3}.matches(record)));
    EXPECT_TRUE((Query{.since = some_time, .until = some_time}.matches(record)));
    EXPECT_FALSE((Query{.since = some_time + 1}.matches(record)));
    EXPECT_FALSE((Query{.until = some_time - 1}.matches(record)));
    EXPECT_TRUE((Query{.substring = "3 end"}.matches(record)));
    EXPECT_FALSE((Query{.substring = "End"}.matches(record)));
}

TEST(Query, HasPrioritiesAndDurations) {
    EXPECT_EQ(parse_priority("err"), 3);
    EXPECT_EQ(parse_priority("0"), 0);
    EXPECT_FALSE(parse_priority("8"));
    EXPECT_FALSE(parse_priority("loud"));
    EXPECT_EQ(parse_duration("10m"), 600'000'000);
    EXPECT_EQ(parse_duration("2d"), 172'800'000'000);
    for (auto const* const text : {"", "m", "10", "10x", "-1m", "99999999999s", "1m "})
        EXPECT_FALSE(parse_duration(text)) << text;
}

} // namespace
