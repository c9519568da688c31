// Tests of libs/cpio with archives built here, plain and packed, whole, split and broken.
#include "libs/cpio/cpio.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace {

struct Made {
    std::string name;
    u32 mode = 0100644;
    std::string data = {};
    u32 links = 1;
    u32 inode = 1;
    u32 special_major = 0;
    u32 special_minor = 0;
};

std::string entry(Made const& made) {
    char header[111];
    std::snprintf(header, sizeof header,
                  "070701%08X%08X%08X%08X%08X%08X%08zX%08X%08X%08X%08X%08zX%08X", made.inode,
                  made.mode, 7u, 8u, made.links, 9u, made.data.size(), 0u, 1u, made.special_major,
                  made.special_minor, made.name.size() + 1, 0u);
    std::string text = header + made.name + '\0';
    text.resize((text.size() + 3) / 4 * 4);
    text += made.data;
    text.resize((text.size() + 3) / 4 * 4);
    return text;
}

std::string const trailer = entry({.name = "TRAILER!!!", .mode = 0});

/// Writes down every call.
class Recorder final : public cpio::Visitor {
public:
    Result<void> entry(cpio::Entry const& entry) override {
        log += std::string(entry.name) + " " + std::to_string(entry.mode);
        if (!entry.target.empty())
            log += " -> " + std::string(entry.target);
        if (!entry.same_as.empty())
            log += " = " + std::string(entry.same_as);
        log += " [";
        last = entry;
        return {};
    }

    Result<void> data(ConstBytes bytes) override {
        log += text_of(bytes);
        return {};
    }

    Result<void> finished() override {
        log += "]\n";
        return {};
    }

    std::string log;
    cpio::Entry last;
};

std::string unpacked(std::string const& image) {
    Recorder recorder;
    auto const done = cpio::unpack(bytes_of(image), recorder);
    return done ? recorder.log : std::string("failed: ") + done.error().cause;
}

TEST(Cpio, FilesDirectoriesLinksAndDevices) {
    std::string const image = entry({.name = "dir", .mode = 040755}) +
                              entry({.name = "dir/file", .data = "hello"}) +
                              entry({.name = "link", .mode = 0120777, .data = "dir/file"}) +
                              entry({.name = "empty"}) + trailer;
    EXPECT_EQ(unpacked(image), "dir 16877 []\ndir/file 33188 [hello]\n"
                               "link 41471 -> dir/file []\nempty 33188 []\n");

    Recorder recorder;
    ASSERT_TRUE(cpio::unpack(
        bytes_of(
            entry({.name = "console", .mode = 020600, .special_major = 5, .special_minor = 1}) +
            trailer),
        recorder));
    EXPECT_EQ(recorder.last.type(), cpio::Entry::Type::character_device);
    EXPECT_EQ(recorder.last.special_major, 5u);
    EXPECT_EQ(recorder.last.special_minor, 1u);
    EXPECT_EQ(recorder.last.uid, 7u);
    EXPECT_EQ(recorder.last.gid, 8u);
    EXPECT_EQ(recorder.last.mtime, 9u);
}

TEST(Cpio, HardLinksNameTheFirstEntryOfTheirArchiveOnly) {
    std::string const first = entry({.name = "a", .links = 2, .inode = 5});
    std::string const second = entry({.name = "b", .data = "x", .links = 2, .inode = 5});
    EXPECT_EQ(unpacked(first + second + trailer), "a 33188 []\nb 33188 = a [x]\n");
    EXPECT_EQ(unpacked(first + trailer + second + trailer), "a 33188 []\nb 33188 [x]\n");
}

TEST(Cpio, ArchivesFollowEachOtherWithZerosBetween) {
    std::string const a = entry({.name = "a", .data = "1"}) + trailer;
    std::string const b = entry({.name = "b", .data = "2"}) + trailer;
    EXPECT_EQ(unpacked(a + std::string(512, '\0') + b + std::string(4, '\0')),
              "a 33188 [1]\nb 33188 [2]\n");
    EXPECT_EQ(unpacked(std::string(8, '\0')), "");
    EXPECT_EQ(unpacked(""), "");
}

TEST(Cpio, AnySplitOfTheBytesGivesTheSame) {
    std::string const image = entry({.name = "file", .data = "hello"}) +
                              entry({.name = "l", .mode = 0120777, .data = "target"}) + trailer;
    for (usize step = 1; step < 150; ++step) {
        Recorder recorder;
        cpio::Parser parser(recorder);
        for (usize at = 0; at < image.size();) {
            auto const piece = bytes_of(image).subspan(at).first(std::min(step, image.size() - at));
            auto const taken = parser.push(piece);
            ASSERT_TRUE(taken);
            ASSERT_EQ(*taken, piece.size());
            at += *taken;
        }
        EXPECT_TRUE(parser.between_entries());
        EXPECT_EQ(recorder.log, "file 33188 [hello]\nl 41471 -> target []\n");
    }
}

/// One gzip member with a stored block; its checksum is computed the slow way.
std::string packed(std::string const& data) {
    auto const little = [](u64 value, int bytes) {
        std::string text;
        for (int i = 0; i < bytes; ++i)
            text += static_cast<char>(value >> (8 * i));
        return text;
    };
    u32 crc = ~0u;
    for (char const c : data) {
        crc ^= static_cast<u8>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb8'8320u : 0u);
    }
    return std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03\x01", 11) + little(data.size(), 2) +
           little(~data.size(), 2) + data + little(~crc, 4) + little(data.size(), 4);
}

TEST(Cpio, PackedArchivesMixWithPlainOnes) {
    std::string const a = entry({.name = "a", .data = "1"}) + trailer;
    std::string const b = entry({.name = "b", .data = "2"}) + trailer;
    EXPECT_EQ(unpacked(a + packed(b) + std::string(3, '\0') + a),
              "a 33188 [1]\nb 33188 [2]\na 33188 [1]\n");
    std::string const both = a + std::string(512, '\0') + b;
    EXPECT_EQ(unpacked(packed(both)), "a 33188 [1]\nb 33188 [2]\n");
    EXPECT_EQ(unpacked(packed(both.substr(0, 120)) + packed(both.substr(120))),
              "a 33188 [1]\nb 33188 [2]\n");
}

cpio::Failure failure(std::string const& image) {
    Recorder recorder;
    auto const done = cpio::unpack(bytes_of(image), recorder);
    return done ? cpio::Failure{"no failure", 0} : done.error();
}

TEST(Cpio, CorruptInputNamesCauseAndOffset) {
    std::string const file = entry({.name = "file", .data = "hello"});
    std::string image = file + file + trailer;
    image[file.size() + 3] = 'x';
    auto bad = failure(image);
    EXPECT_STREQ(bad.cause, "no cpio header where one should start");
    EXPECT_EQ(bad.offset, file.size());

    image = file;
    image[20] = 'g';
    bad = failure(image);
    EXPECT_STREQ(bad.cause, "a cpio header field is not a hexadecimal number");
    EXPECT_EQ(bad.offset, 20u);

    bad = failure(packed(file + "garbage" + std::string(200, 'x')));
    EXPECT_STREQ(bad.cause, "no cpio header where one should start");
    EXPECT_EQ(bad.offset, 0u);
    EXPECT_EQ(bad.unpacked_offset, file.size());

    EXPECT_STREQ(failure("junk").cause, "neither a cpio archive nor gzip data");
    EXPECT_STREQ(failure("\xfd"
                         "7zXZ...")
                     .cause,
                 "the archive is packed with xz: only gzip is supported");
    EXPECT_STREQ(failure(std::string(76, '0')).cause, "the archive ends inside an entry");
    EXPECT_STREQ(failure("070707" + std::string(200, '0')).cause,
                 "an old portable cpio archive: only the newc format is supported");
}

TEST(Cpio, EveryTruncationInsideAnEntryIsReported) {
    std::string const file = entry({.name = "file", .data = "hello"});
    for (usize size = 1; size < file.size(); ++size)
        EXPECT_STREQ(failure(file.substr(0, size)).cause, "the archive ends inside an entry");
}

TEST(Cpio, ChecksumsOfTheCrcFormatAreVerified) {
    std::string image = entry({.name = "file", .data = "ab"}) + trailer;
    image[5] = '2';
    EXPECT_STREQ(failure(image).cause, "a cpio entry's checksum is wrong");
    image.replace(102, 8, "000000C3"); // 'a' + 'b'
    EXPECT_STREQ(failure(image).cause, "no failure");
}

class Full final : public cpio::Visitor {
public:
    Result<void> entry(cpio::Entry const&) override { return {}; }

    Result<void> data(ConstBytes) override { return fail(Errno::enospc); }

    Result<void> finished() override { return {}; }
};

TEST(Cpio, AVisitorThatFailsEndsTheWork) {
    Full visitor;
    std::string const image = entry({.name = "file", .data = "ab"}) + trailer;
    auto const plain = cpio::unpack(bytes_of(image), visitor);
    ASSERT_FALSE(plain);
    EXPECT_EQ(plain.error().code, Errno::enospc);
    std::string const gzip = packed(image);
    auto const done = cpio::unpack(bytes_of(gzip), visitor);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errno::enospc);
}

} // namespace
