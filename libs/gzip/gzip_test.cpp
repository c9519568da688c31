// Tests of libs/gzip against data that zlib packed.
#include "libs/gzip/crc32.hpp"
#include "libs/gzip/gzip.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

// clang-format off
constexpr u8 fixed_codes[] = {
    31, 139, 8, 30, 0, 0, 0, 0, 0, 3, 3, 0, 120, 121, 122, 97, 46, 116, 120, 116, 0, 99, 0, 19,
    78, 203, 72, 205, 201, 201, 215, 81, 200, 64, 162, 184, 0, 231, 66, 110, 82, 20, 0, 0, 0};
constexpr u8 stored_data[] = {
    31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 1, 6, 0, 249, 255, 115, 116, 111, 114, 101, 100, 11, 249,
    67, 86, 6, 0, 0, 0};
constexpr u8 dynamic_codes[] = {
    31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 109, 83, 209, 18, 194, 48, 8, 123, 247, 43, 246, 107, 60,
    116, 234, 57, 55, 207, 155, 255, 239, 74, 67, 73, 214, 157, 90, 28, 131, 144, 0, 157, 237,
    183, 236, 211, 236, 231, 119, 219, 222, 211, 54, 227, 187, 63, 74, 53, 203, 115, 93, 75, 68,
    124, 236, 94, 110, 22, 62, 24, 79, 51, 49, 51, 161, 86, 28, 243, 79, 123, 70, 72, 117, 191,
    202, 119, 45, 139, 224, 84, 119, 139, 75, 22, 94, 213, 223, 106, 2, 12, 72, 25, 115, 68, 102,
    253, 93, 36, 226, 45, 179, 4, 43, 136, 72, 180, 206, 5, 8, 142, 238, 199, 25, 161, 62, 75,
    179, 218, 201, 226, 60, 47, 234, 81, 207, 129, 13, 115, 20, 51, 241, 123, 26, 255, 247, 151,
    169, 165, 211, 73, 154, 189, 151, 220, 194, 168, 220, 29, 210, 236, 115, 38, 13, 18, 165,
    104, 100, 204, 32, 81, 146, 92, 148, 18, 153, 68, 98, 156, 62, 139, 132, 203, 164, 121, 33,
    84, 240, 153, 142, 245, 56, 211, 224, 97, 116, 121, 180, 37, 35, 98, 58, 157, 118, 42, 171,
    20, 64, 247, 229, 98, 201, 44, 122, 175, 211, 77, 142, 156, 99, 49, 44, 110, 3, 111, 100,
    159, 23, 7, 40, 205, 64, 238, 245, 135, 149, 73, 234, 71, 152, 104, 131, 201, 177, 141, 215,
    126, 28, 89, 46, 77, 234, 161, 157, 184, 148, 47, 139, 216, 111, 46, 178, 6, 248, 84, 19, 75,
    246, 7, 160, 241, 218, 10, 176, 4, 0, 0};
constexpr u8 many_zeros[] = {
    31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 237, 193, 49, 1, 0, 0, 0, 194, 160, 245, 79, 109, 6, 127,
    160, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 215, 0, 123, 88, 224, 92, 64, 13, 3, 0};
// clang-format on

class Collected final : public gzip::Sink {
public:
    Result<void> write(ConstBytes bytes) override {
        text_ += text_of(bytes);
        return {};
    }

    std::string const& text() const { return text_; }

private:
    std::string text_;
};

template <usize n>
ConstBytes packed(u8 const (&bytes)[n]) {
    return std::as_bytes(std::span(bytes));
}

/// The text that dynamic_codes was made from.
std::string words(usize size) {
    static char const* const list[] = {"kernel ", "room ",  "the ",   "of ",
                                       "linnet ", "page\n", "fault ", "a "};
    std::string text;
    u32 random = 1;
    while (text.size() < size) {
        random = (random * 1103515245u + 12345u) & 0x7fff'ffffu;
        text += list[(random >> 16) & 7];
    }
    text.resize(size);
    return text;
}

std::string unpacked(ConstBytes bytes) {
    Collected sink;
    auto const done = gzip::unpack(bytes, sink);
    EXPECT_TRUE(done) << (done ? "" : done.error().cause);
    return sink.text();
}

std::string failure(ConstBytes bytes) {
    Collected sink;
    auto const done = gzip::unpack(bytes, sink);
    return done ? "no failure" : done.error().cause;
}

TEST(Crc32, KnownValues) {
    EXPECT_EQ(gzip::crc32(0, {}), 0u);
    EXPECT_EQ(gzip::crc32(0, bytes_of("123456789")), 0xcbf4'3926u);
    u32 const first = gzip::crc32(0, bytes_of("The quick brown fox jumps"));
    EXPECT_EQ(gzip::crc32(first, bytes_of(" over the lazy dog")), 0x414f'a339u);
}

TEST(Gzip, EachBlockKindAndEveryHeaderField) {
    EXPECT_EQ(unpacked(packed(fixed_codes)), "hello, hello, hello\n");
    EXPECT_EQ(unpacked(packed(stored_data)), "stored");
    EXPECT_EQ(unpacked(packed(dynamic_codes)), words(1200));
}

TEST(Gzip, OutputLargerThanTheWindow) {
    EXPECT_EQ(unpacked(packed(many_zeros)), std::string(200000, '\0'));
}

TEST(Gzip, MembersFollowEachOther) {
    std::vector<u8> both(std::begin(fixed_codes), std::end(fixed_codes));
    both.insert(both.end(), std::begin(stored_data), std::end(stored_data));
    EXPECT_EQ(unpacked(std::as_bytes(std::span(both))), "hello, hello, hello\nstored");

    Collected sink;
    auto const size = gzip::unpack_member(std::as_bytes(std::span(both)), sink);
    EXPECT_EQ(*size, sizeof fixed_codes);
}

TEST(Gzip, EveryTruncationIsReported) {
    for (usize size = 0; size < sizeof dynamic_codes; ++size) {
        Collected sink;
        auto const done = gzip::unpack(packed(dynamic_codes).first(size), sink);
        ASSERT_FALSE(done) << size;
        EXPECT_LE(done.error().offset, size);
    }
}

TEST(Gzip, EveryFlippedBitThatChangesTheDataIsReported) {
    std::vector<u8> copy(std::begin(dynamic_codes), std::end(dynamic_codes));
    for (usize bit = 80; bit < copy.size() * 8; ++bit) {
        copy[bit / 8] ^= static_cast<u8>(1u << (bit % 8));
        Collected sink;
        auto const done = gzip::unpack(std::as_bytes(std::span(copy)), sink);
        if (done) // padding bits before the trailer carry nothing
            EXPECT_EQ(sink.text(), words(1200));
        copy[bit / 8] ^= static_cast<u8>(1u << (bit % 8));
    }
}

TEST(Gzip, NamesTheCause) {
    std::vector<u8> copy(std::begin(stored_data), std::end(stored_data));
    auto const bytes = std::as_bytes(std::span(copy));
    copy[copy.size() - 1] ^= 1;
    EXPECT_EQ(failure(bytes), "the gzip size is wrong");
    copy[copy.size() - 5] ^= 1;
    EXPECT_EQ(failure(bytes), "the gzip checksum is wrong");
    copy[2] = 9;
    EXPECT_EQ(failure(bytes), "an unknown gzip compression method");
    copy[0] = 0;
    EXPECT_EQ(failure(bytes), "no gzip header");
}

class Full final : public gzip::Sink {
public:
    Result<void> write(ConstBytes) override { return fail(Errno::enospc); }
};

TEST(Gzip, ASinkThatFailsEndsTheWork) {
    Full sink;
    auto const done = gzip::unpack(packed(many_zeros), sink);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errno::enospc);
}

} // namespace
