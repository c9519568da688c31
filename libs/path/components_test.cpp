// Tests of path splitting.
#include "libs/path/components.hpp"

#include <gtest/gtest.h>

#include <string>

TEST(Path, StepsThroughComponents) {
    std::string_view rest = "//usr/./bin//ls/";
    std::string seen;
    for (path::Step step = path::next(rest); !step.name.empty(); step = path::next(rest)) {
        seen += std::string(step.name) + (step.slash_follows ? "/" : "") + "|";
        rest = step.rest;
    }
    EXPECT_EQ(seen, "usr/|./|bin/|ls/|");
}

TEST(Path, KnowsTheLastStep) {
    EXPECT_TRUE(path::next("a").is_last());
    EXPECT_FALSE(path::next("a").slash_follows);
    EXPECT_TRUE(path::next("a//").is_last());
    EXPECT_TRUE(path::next("a//").slash_follows);
    EXPECT_FALSE(path::next("a/b").is_last());
    EXPECT_TRUE(path::next("").name.empty());
    EXPECT_TRUE(path::next("///").name.empty());
}

TEST(Path, SplitsOffTheLastName) {
    auto const check = [](std::string_view whole, std::string_view directory, std::string_view name,
                          bool trailing) {
        path::Split const split = path::split_last(whole);
        EXPECT_EQ(split.directory, directory) << whole;
        EXPECT_EQ(split.name, name) << whole;
        EXPECT_EQ(split.trailing_slash, trailing) << whole;
    };
    check("a", "", "a", false);
    check("/a", "/", "a", false);
    check("/a/b", "/a/", "b", false);
    check("/a/b///", "/a/", "b", true);
    check("a//b", "a//", "b", false);
    check("/", "/", "", true);
    check("", "", "", false);
    check("..", "", "..", false);
}
