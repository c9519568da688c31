// Core dumps from a machine: cut anywhere, several, and names that lead elsewhere.
#include "runner/core_files.hpp"

#include <filesystem>

#include <gtest/gtest.h>

namespace {

using namespace runner;

class CoreFilesTest : public testing::Test {
protected:
    std::vector<std::string> take(std::string_view stream, std::size_t piece) {
        CoreFiles files(directory_.path());
        for (std::size_t at = 0; at < stream.size(); at += piece)
            files.feed(stream.substr(at, piece));
        return files.finish();
    }

    std::string content(std::string_view name) const {
        return read_file(directory_.path() + "/" + std::string(name));
    }

    std::size_t count() const {
        auto const all = std::filesystem::directory_iterator(directory_.path());
        return static_cast<std::size_t>(std::distance(begin(all), end(all)));
    }

private:
    TemporaryDirectory directory_;
};

TEST_F(CoreFilesTest, PiecesMakeFiles) {
    std::string const zeros(5000, '\0');
    std::string const stream = "core.a b.1 5\nhelloco" // what looks like a name is content
                               "re.2 0\ncore.c.3 5003\nxy" +
                               zeros + "zcore.d.4 9\n" + zeros.substr(0, 9);
    ASSERT_EQ(stream.find("helloco"), 13u);
    for (std::size_t const piece : {1u, 2u, 3u, 7u, 100u, 6000u}) {
        auto const messages = take(stream, piece);
        ASSERT_EQ(messages.size(), 4u);
        EXPECT_TRUE(messages[0].ends_with("/core.a b.1"));
        EXPECT_EQ(content("core.a b.1"), "hello");
        EXPECT_EQ(content("core.2"), "");
        EXPECT_EQ(content("core.c.3"), "xy" + zeros + "z");
        EXPECT_EQ(content("core.d.4"), zeros.substr(0, 9));
    }
}

TEST_F(CoreFilesTest, NamesStayInTheDirectory) {
    for (std::string const line :
         {"core.a/../../b 3\nabc", "../core.a 3\nabc", "/core.a 3\nabc", "core.a\n", "core.a x\n",
          "core.a -1\n", "core.a 99999999999999999999\n", "core.a 3x\n", "\n"}) {
        auto const messages = take(line, 100);
        ASSERT_EQ(messages.size(), 1u) << line;
        EXPECT_NE(messages[0].find("make no sense"), std::string::npos) << messages[0];
    }
    using namespace std::string_literals;
    EXPECT_EQ(take("core.a\0b 3\nabc"s, 100).size(), 1u);
    EXPECT_EQ(take("core." + std::string(300, 'x') + " 1\na", 100).size(), 1u);
    EXPECT_EQ(take(std::string(10000, 'x'), 100).size(), 1u);
    EXPECT_EQ(count(), 0u);
}

TEST_F(CoreFilesTest, AnEndInTheMiddleIsTold) {
    auto const messages = take("core.a.1 10\nhello", 100);
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_NE(messages[0].find("ended before the last 5 bytes"), std::string::npos);
}

} // namespace
