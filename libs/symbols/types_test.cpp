// The layout of this program's own types, by its DWARF, against what the compiler says.
#include "libs/symbols/image.hpp"
#include "libs/symbols/types.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace sample {

struct Base {
    virtual ~Base() = default;
    int first = 1;
};

namespace {

enum class Colour : unsigned char { red = 1, blue = 200 };

struct Hidden {
    short value = 2;
};

} // namespace

template <class T>
struct Holder {
    T value{};
};

struct Whole : Hidden, Base {
    long numbers[3][2] = {};
    Whole* next = nullptr;
    Base const& other = *this;
    Holder<Colour> colour;
};

} // namespace sample

namespace {

std::vector<char> const& own_image() {
    static std::vector<char> const image = [] {
        std::ifstream file("/proc/self/exe", std::ios::binary);
        return std::vector<char>{std::istreambuf_iterator<char>(file), {}};
    }();
    return image;
}

class TypesTest : public testing::Test {
protected:
    std::uint64_t offset(std::string_view name) const {
        auto const member = types_.member(whole_, name);
        EXPECT_TRUE(member) << name;
        return member ? member->offset : ~std::uint64_t{0};
    }

    template <class Member>
    std::uint64_t real(Member const& member) const {
        return static_cast<std::uint64_t>(reinterpret_cast<char const*>(&member) -
                                          reinterpret_cast<char const*>(&object_));
    }

    sample::Whole object_;
    ImageSections const sections_ = sections_of(own_image());
    Types const types_{sections_.debug};
    Types::Type const whole_ = types_.find("sample::Whole").value_or(Types::Type());
};

TEST_F(TypesTest, MembersAreWhereTheCompilerPutThem) {
    EXPECT_EQ(types_.size(whole_), sizeof object_);
    EXPECT_EQ(offset("numbers"), real(object_.numbers));
    EXPECT_EQ(offset("next"), real(object_.next));
    EXPECT_EQ(offset("colour"), real(object_.colour));
    EXPECT_EQ(offset("first"), real(object_.first)) << "of a base with virtual functions";
    EXPECT_EQ(offset("value"), real(object_.value)) << "of a base without a namespace's name";
    EXPECT_FALSE(types_.member(whole_, "nothing"));
    EXPECT_FALSE(types_.find("sample::Nothing"));
}

TEST_F(TypesTest, PointersArraysAndEnumeratorsLeadOn) {
    auto const numbers = types_.member(whole_, "numbers")->type;
    EXPECT_EQ(types_.size(numbers), sizeof object_.numbers);
    auto const next = types_.member(whole_, "next")->type;
    EXPECT_EQ(types_.size(next), sizeof(void*));
    EXPECT_EQ(types_.member(*types_.target(next), "next")->offset, real(object_.next));
    auto const other = types_.member(whole_, "other")->type;
    EXPECT_EQ(types_.size(other), sizeof(void*));
    EXPECT_TRUE(types_.member(*types_.target(other), "first"));
    auto const colour = types_.member(types_.member(whole_, "colour")->type, "value").value().type;
    EXPECT_EQ(types_.size(colour), 1u);
    EXPECT_EQ(types_.enumerator(colour, 200), "blue");
    EXPECT_EQ(types_.enumerator(colour, 3), "");
    EXPECT_EQ(types_.enumerator(next, 1), "") << "no enumeration";
    EXPECT_FALSE(types_.target(colour));
}

} // namespace
