// Tests of libs/random: the RFCs' vectors, and that the generator's outputs are independent.
#include "libs/random/blake2s.hpp"
#include "libs/random/generator.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace {

std::string hex(ConstBytes bytes) {
    std::string text;
    for (std::byte const byte : bytes) {
        char const* const digits = "0123456789abcdef";
        text += digits[static_cast<u8>(byte) >> 4];
        text += digits[static_cast<u8>(byte) & 15];
    }
    return text;
}

TEST(ChaCha20, Rfc8439Section232) {
    prng::Key key;
    for (usize i = 0; i < key.size(); ++i)
        key[i] = static_cast<std::byte>(i);
    prng::Nonce nonce{};
    nonce[3] = std::byte{9};
    nonce[7] = std::byte{0x4a};
    EXPECT_EQ(hex(prng::chacha20_block(key, 1, nonce)),
              "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
              "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e");
}

TEST(ChaCha20, Rfc8439AppendixA1) {
    EXPECT_EQ(hex(prng::chacha20_block({}, 0, {})),
              "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
              "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586");
}

std::string blake2s(std::string_view text, usize step) {
    prng::Blake2s hash;
    for (usize at = 0; at < text.size(); at += step)
        hash.update(bytes_of(text.substr(at, step)));
    return hex(hash.finish());
}

TEST(Blake2s, KnownValues) {
    EXPECT_EQ(blake2s("abc", 3),
              "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
    EXPECT_EQ(blake2s("", 1), "69217a3079908094e11121d042354a7c1f55b6482ca1a51e1b250dfd1ed0eef9");
    std::string const exact(128, 'x');
    for (usize step : {1, 63, 64, 65, 128})
        EXPECT_EQ(blake2s(exact, step),
                  "0b81df8f2e8616dc992bff767a30f204a479af922fcb6bcd0a4bebeead30ab06");
}

TEST(Generator, NeverRepeatsAndDependsOnWhatWasMixedIn) {
    prng::Generator first;
    prng::Generator second;
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        std::vector<std::byte> a(100), b(100);
        first.fill(a);
        second.fill(b);
        EXPECT_EQ(a, b);
        EXPECT_TRUE(seen.insert(hex(a)).second);
    }
    second.mix(bytes_of("x"));
    std::vector<std::byte> a(32), b(32);
    first.fill(a);
    second.fill(b);
    EXPECT_NE(a, b);
}

TEST(Stream, PiecesStartAtBlocks) {
    prng::Stream whole{prng::Key{}};
    std::vector<std::byte> bytes(128);
    whole.fill(bytes);
    EXPECT_EQ(hex(ConstBytes(bytes).first(64)), hex(prng::chacha20_block({}, 0, {})));
    EXPECT_EQ(hex(ConstBytes(bytes).subspan(64)), hex(prng::chacha20_block({}, 1, {})));
}

} // namespace
