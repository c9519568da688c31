// Archives that the kernel unpacks: content, equality, alignment, and what cannot be read.
#include "runner/archive.hpp"

#include "runner/failure.hpp"
#include "runner/os.hpp"

#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace runner;

std::string sample() {
    ArchiveWriter archive;
    archive.directory("bin", 0755);
    archive.file("bin/tool", 0755, "content");
    archive.symlink("bin/link", "/bin/tool");
    archive.character_device("console", 0600, 5, 1);
    return archive.finish();
}

TEST(Archive, EqualContentGivesEqualBytes) {
    EXPECT_EQ(sample(), sample());
}

TEST(Archive, IsNewcAndCanBeFollowedByAnother) {
    auto const bytes = sample();
    EXPECT_TRUE(bytes.starts_with("070701"));
    EXPECT_EQ(bytes.size() % 4, 0U);
    EXPECT_NE(bytes.find("TRAILER!!!"), std::string::npos);
}

TEST(Archive, ListsNamesAndTypes) {
    auto const listing = list_archive(sample());
    EXPECT_EQ(listing.error, "");
    EXPECT_EQ(listing.modes.at("bin"), 0040755U);
    EXPECT_EQ(listing.modes.at("bin/tool"), 0100755U);
    EXPECT_EQ(listing.modes.at("bin/link"), 0120777U);
    EXPECT_EQ(listing.modes.at("console"), 0020600U);
    EXPECT_FALSE(listing.has("init"));
}

TEST(Archive, CopiesEntriesOfAnother) {
    ArchiveWriter archive;
    archive.entries_of(sample());
    EXPECT_EQ(list_archive(archive.finish()).modes, list_archive(sample()).modes);
}

TEST(Archive, PacksADirectoryAsRoot) {
    auto const directory =
        std::filesystem::path(testing::TempDir()) / ("linnet-tree-" + std::to_string(getpid()));
    std::filesystem::create_directories(directory / "etc");
    write_file((directory / "etc/motd").string(), "hello");
    std::filesystem::create_symlink("etc/motd", directory / "m");
    ArchiveWriter archive;
    archive.tree(directory.string());
    auto const bytes = archive.finish();
    std::filesystem::remove_all(directory);
    auto const listing = list_archive(bytes);
    EXPECT_TRUE(listing.has("etc/motd"));
    EXPECT_EQ(listing.modes.at("m") & 0170000U, 0120000U);
    EXPECT_NE(bytes.find("hello"), std::string::npos);
}

TEST(Archive, RubbishIsAnError) {
    EXPECT_NE(list_archive(std::string(1000, 'x')).error, "");
    auto const cut = sample().substr(0, 300);
    EXPECT_NE(list_archive(cut).error, "");
    ArchiveWriter archive;
    EXPECT_THROW(archive.entries_of(std::string(1000, 'x')), Failure);
}

} // namespace
