// Names and what they are: against a checked-in list and the C++ library of this machine; hostile
// names; limits.
#include "libs/demangle/demangle.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cxxabi.h>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

namespace {

struct Expected {
    std::string mangled, expected, difference;
};

std::vector<Expected> vectors() {
    std::ifstream file(LINNET_SOURCE "/libs/demangle/names.txt");
    std::vector<Expected> found;
    for (std::string line; std::getline(file, line);) {
        auto const tab = line.find('\t');
        if (line.starts_with('#') || tab == std::string::npos)
            continue;
        auto const second = std::min(line.find('\t', tab + 1), line.size());
        found.push_back({line.substr(0, tab), line.substr(tab + 1, second - tab - 1),
                         second < line.size() ? line.substr(second + 1) : ""});
    }
    return found;
}

std::string text(Result<String> const& result) {
    return result ? std::string(result->view()) : "-";
}

std::string by_library(std::string const& mangled) {
    int status = 0;
    std::unique_ptr<char, decltype(&std::free)> const found(
        abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status), &std::free);
    return found ? found.get() : "-";
}

std::string repeated(std::string const& part, int times) {
    std::string result;
    for (; times > 0; --times)
        result += part;
    return result;
}

Errno error_of(std::string const& mangled) {
    auto const result = demangle::name(mangled);
    return result ? Errno{} : result.error().code();
}

TEST(Demangle, EveryNameOfTheList) {
    auto const all = vectors();
    EXPECT_GE(all.size(), 1000u);
    for (auto const& vector : all)
        EXPECT_EQ(text(demangle::name(vector.mangled)), vector.expected) << vector.mangled;
}

TEST(Demangle, TheLibrarySaysTheSame) {
    usize different = 0;
    for (auto const& vector : vectors()) {
        if (vector.difference.empty() && vector.mangled.starts_with('_'))
            EXPECT_EQ(by_library(vector.mangled), vector.expected) << vector.mangled;
        different += vector.difference.empty() ? 0 : 1;
    }
    EXPECT_LT(different, 80u);
}

TEST(Demangle, EveryPrefixOfANameIsHandled) {
    for (auto const& vector : vectors())
        for (usize length = 0; length < vector.mangled.size(); ++length) {
            // Exactly as long, so that a read beyond is found.
            std::vector<char> const part(vector.mangled.begin(),
                                         vector.mangled.begin() + static_cast<long>(length));
            (void)demangle::name({part.data(), part.size()});
            (void)demangle::type({part.data(), part.size()});
        }
}

TEST(Demangle, Types) {
    for (std::string const mangled :
         {"i", "PKc", "St9exception", "FivE", "A3_i", "M1AFvvE", "1A", "N1a1bE", "Z1fvEUlvE_"})
        EXPECT_EQ(text(demangle::type(mangled)), by_library(mangled));
    EXPECT_EQ(text(demangle::type("")), "-");
    EXPECT_EQ(text(demangle::type("_Z1fv")), "-");
}

TEST(Demangle, WhatIsNoNameIsInvalid) {
    for (auto const* mangled : {"", "main", "_Z", "Z1fv", "_Z1fv junk", "_Z1fT_", "_ZS_"})
        EXPECT_EQ(error_of(mangled), Errno::einval) << mangled;
}

TEST(Demangle, DepthIsBounded) {
    for (auto const& [open, close] : std::vector<std::pair<std::string, std::string>>{
             {"P", "i"},         {"K", "i"},       {"PF", "iviv"},     {"1AI", "i"},
             {"N1AI", "i"},      {"A1_", "i"},     {"M1A", "i"},       {"Dp", "i"},
             {"DT", "fp_E"},     {"DTng", "fp_E"}, {"1AIX", "Li1E"},   {"1AIJ", "i"},
             {"Z1f", "v"},       {"U1xI", "i"},    {"Dv_", "i"},       {"1AILZ1f", "v"},
             {"N1AcvT_I", "i"},  {"Z1fvEUl", "v"}, {"Z1fvEUlTt", "v"}, {"DTsr", "1A1x"},
             {"DTsr1a", "1A1x"}, {"DTfl", "pl"}})
        EXPECT_NE(error_of("_Z1f" + repeated(open, 3000) + close), Errno{}) << open;
    EXPECT_EQ(error_of("_Z1f" + repeated("P", 3000) + "i"), Errno::e2big);
    EXPECT_EQ(error_of("_ZN" + repeated("1a", 1000) + "E"), Errno::e2big);
    EXPECT_EQ(text(demangle::name("_Z1f" + repeated("P", 50) + "i")),
              "f(int" + repeated("*", 50) + ")");
    EXPECT_EQ(text(demangle::name("_ZN" + repeated("1a", 100) + "Ev")),
              repeated("a::", 99) + "a()");
}

TEST(Demangle, ManyNodesAreTooMany) {
    EXPECT_EQ(text(demangle::name("_Z1f" + repeated("i", 1000))),
              "f(int" + repeated(", int", 999) + ")");
    EXPECT_EQ(error_of("_Z1f" + repeated("i", 100'000)), Errno::e2big);
    EXPECT_EQ(text(demangle::name("_Z15000" + std::string(15'000, 'a'))), std::string(15'000, 'a'));
    EXPECT_EQ(error_of("_Z17000" + std::string(17'000, 'a')), Errno::e2big);
    EXPECT_EQ(error_of("_Z70000" + std::string(70'000, 'a')), Errno::einval);
}

/// In base 36 less one, as substitutions count.
std::string substitution(int index) {
    if (index == 0)
        return "S_";
    std::string digits;
    for (int rest = index - 1; digits.empty() || rest > 0; rest /= 36)
        digits.insert(digits.begin(), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest % 36]);
    return "S" + digits + "_";
}

/// Each parameter is made of the one before twice: 2^n.
TEST(Demangle, SubstitutionsDoNotExplode) {
    std::string name = "_Z1f1AIiE"; // S_ = A, S0_ = A<int>
    for (int index = 1; index < 60; ++index)
        name += substitution(0) + "I" + substitution(index) + substitution(index) + "E";
    auto const start = std::chrono::steady_clock::now();
    EXPECT_EQ(error_of(name), Errno::e2big);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

/// The same where nothing is printed.
TEST(Demangle, NothingTakesNoTimeEither) {
    // The kind of an argument is not printed, so that only the search for a pack meets these types.
    std::string name = "_Z1fITn1BI1AIiE"; // S_ = f, S0_ = B, S1_ = A, S2_ = A<int>
    for (int index = 2; index < 62; ++index)
        name += substitution(1) + "I" + substitution(index) + substitution(index) + "E";
    name += "ELi1E";
    EXPECT_EQ(text(demangle::name(name + "Evv")), "void f<1>()");
    auto const start = std::chrono::steady_clock::now();
    EXPECT_EQ(error_of(name + "Dp" + substitution(62) + "Evv"), Errno::e2big);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

/// Each conversion operator is read twice, and what is inside of it, too.
TEST(Demangle, LookingAheadIsBounded) {
    std::string name = "_Z";
    name += repeated("ZN1AcvT_I", 40);
    auto const start = std::chrono::steady_clock::now();
    EXPECT_NE(error_of(name), Errno{});
    EXPECT_NE(error_of("_Z1f" + repeated("DTsr1aI", 40)), Errno{});
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST(Demangle, ShortNames) {
    for (auto const& [mangled, expected] : std::vector<std::pair<std::string, std::string>>{
             {"_ZN3vfs4walkERKNS_4PathEi", "vfs::walk"},
             {"memcpy", "memcpy"},
             {"_ZN2fs12_GLOBAL__N_14walkI4Long4ListIiS1_ES3_EEvi.cold", "fs::walk<..>"},
             {"_ZN2fs4readIiEEvi", "fs::read<int>"},
             {"_ZZ3runiENKUliT_E0_clIiEEDaiS_", "run::{lambda#2}::operator()<int>"},
             {"_ZN1AlsEi", "A::operator<<"},
             {"_ZN1AcvPKcEv", "A::operator char const*"},
             {"_ZNK1AcvT_IiEEv", "A::operator int<int>"},
             {"_Zli3_kmy", "operator\"\" _km"},
             {"_Znwm", "operator new"},
             {"_ZN1AC1ERKS_", "A::A"},
             {"_ZTV1A", "A"},
             {"_Z", "_Z"},
             {"", ""}})
        EXPECT_EQ(std::string(demangle::short_name(mangled).view()), expected) << mangled;
}

} // namespace
