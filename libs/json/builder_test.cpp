// What the builder writes, read back by nlohmann's JSON as the judge.
#include "libs/json/builder.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace {

using Judge = nlohmann::json;

template <class Write>
std::string written(usize size, Write write) {
    std::string buffer(size, '?');
    json::Builder builder(buffer);
    write(builder);
    return std::string(builder.view());
}

std::string round_trip(std::string_view text) {
    auto const line = written(10000, [&](auto& to) { to.text("", text); });
    return Judge::parse(line).template get<std::string>();
}

TEST(Json, WritesObjectsAndArrays) {
    auto const line = written(500, [](auto& to) {
        to.open('{').text("a", "x").number("b", -5).open('[', "c").number("", 1u).text("", "two");
        to.open('{').close().open('[').close().close().address("d", 0xffffffff80001234);
        to.raw("e", "true").members("\"f\":1,\"g\":2").members("").close();
    });
    EXPECT_EQ(line, R"({"a":"x","b":-5,"c":[1,"two",{},[]],"d":"0xffffffff80001234","e":true,)"
                    R"("f":1,"g":2})");
}

TEST(Json, KeepsTheLimitsOfNumbers) {
    auto const line = written(200, [](auto& to) {
        to.open('[').number("", std::numeric_limits<i64>::min());
        to.number("", std::numeric_limits<u64>::max()).number("", i8{-128}).close();
    });
    EXPECT_EQ(line, "[-9223372036854775808,18446744073709551615,-128]");
    EXPECT_EQ(Judge::parse(line)[0].get<i64>(), std::numeric_limits<i64>::min());
}

TEST(Json, EscapesEveryByteThatNeedsIt) {
    for (int c = 0; c < 128; ++c) {
        std::string const text{'a', static_cast<char>(c), 'b'};
        EXPECT_EQ(round_trip(text), text) << c;
    }
    EXPECT_EQ(round_trip("caf\u00e9 \u20ac \U0001f600"), "caf\u00e9 \u20ac \U0001f600");
}

TEST(Json, ReplacesWhatIsNoUtf8) {
    EXPECT_EQ(round_trip("a\xff"
                         "b"),
              "a\ufffdb");
    EXPECT_EQ(round_trip("\xc3"), "\ufffd");                               // cut short
    EXPECT_EQ(round_trip("\xc0\x80"), "\ufffd\ufffd");                     // longer than needed
    EXPECT_EQ(round_trip("\xed\xa0\x80"), "\ufffd\ufffd\ufffd");           // a surrogate
    EXPECT_EQ(round_trip("\xf4\x90\x80\x80"), "\ufffd\ufffd\ufffd\ufffd"); // beyond U+10FFFF
    EXPECT_EQ(round_trip("\xe2\x82x"), "\ufffd\ufffdx");
}

TEST(Json, RandomBytesAreReadBackAsTheJudgeWouldReplaceThem) {
    std::mt19937 random(1);
    for (int i = 0; i < 3000; ++i) {
        std::string text;
        for (unsigned n = random() % 40; n != 0; --n)
            text += static_cast<char>(random() % 3 == 0 ? random() : 0xc0 + random() % 64);
        auto const line = written(1000, [&](auto& to) { to.text("", text); });
        EXPECT_TRUE(Judge::accept(line)) << line;
    }
}

/// At every size of buffer the result is whole, and longer buffers hold no less.
TEST(Json, IsWholeHoweverSmallTheBuffer) {
    usize before = 0;
    for (usize size = 2; size < 300; ++size) {
        auto const line = written(size, [](auto& to) {
            to.open('{').text("message", "quotes \" and \u20ac and \x01");
            to.open('[', "frames");
            for (unsigned i = 0; i < 5; ++i)
                to.open('{').number("n", i).text("function", "some::name").close();
            to.close().number("after", 12345).close();
        });
        EXPECT_TRUE(Judge::accept(line)) << size << ": " << line;
        EXPECT_LE(line.size(), size);
        before = std::max(before, line.size());
    }
    EXPECT_GT(before, 200u);
}

TEST(Json, CountsWhatItLeavesOut) {
    char buffer[20];
    json::Builder builder(buffer);
    builder.open('{').number("a", 1).open('[', "a long key").number("", 1).close().number("b", 2);
    builder.close();
    EXPECT_EQ(builder.view(), R"({"a":1,"b":2})");
    EXPECT_EQ(builder.left_out(), 2u); // the array and what was in it
}

} // namespace
