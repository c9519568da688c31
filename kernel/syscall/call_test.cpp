// Thunks made from signatures: narrowing, order of checks, results through pointers.
#include "kernel/syscall/call.hpp"

#include <gtest/gtest.h>

namespace {

struct Pair {
    i32 first;
    i32 second;
};

enum class Option : u32 { one = 1, two = 2 };

} // namespace

template <>
inline constexpr u64 valid_flags<Option> = 3;

namespace {

i64 narrow(int small, u64 wide) {
    return small + static_cast<i64>(wide);
}

Result<Pair> pair_of(sys::Call& call, Fd) {
    return Pair{static_cast<i32>(call.registers.argument(0)), 9};
}

Result<u32> bits(Flags<Option> options) {
    return options.bits();
}

struct Owned {
    int* committed;

    int commit() {
        *committed = 1;
        return 7;
    }
};

int committed;

Result<Owned> owning() {
    return Owned{&committed};
}

Result<void> refusing(i32) {
    return fail(Errno::eperm);
}

arch::UserRegisters with(u64 a, u64 b = 0, u64 c = 0) {
    arch::UserRegisters registers{};
    registers.rdi = a;
    registers.rsi = b;
    registers.rdx = c;
    return registers;
}

Result<i64> run(sys::Entry const& row, arch::UserRegisters registers) {
    // Safe because none of these handlers touches the thread.
    sys::Call call{*reinterpret_cast<process::Thread*>(&registers), registers};
    return row.enter(call);
}

} // namespace

TEST(Call, RegistersAreNarrowedByType) {
    EXPECT_EQ(*run(sys::entry<narrow>, with(0xffff'ffff'0000'0005, 2)), 7);
    EXPECT_EQ(*run(sys::entry<narrow>, with(0xffff'ffff, 2)), 1);
}

TEST(Call, UnknownFlagBitsAreRefused) {
    EXPECT_EQ(*run(sys::entry<bits>, with(3)), 3);
    EXPECT_EQ(run(sys::entry<bits>, with(4)).error().code(), Errno::einval);
}

TEST(Call, AnOwnedResultIsCommitted) {
    committed = 0;
    EXPECT_EQ(*run(sys::entry<owning>, with(0)), 7);
    EXPECT_EQ(committed, 1);
}

TEST(Call, ErrorsKeepTheLineThatDecidedThem) {
    auto const result = run(sys::entry<refusing>, with(0));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), Errno::eperm);
    EXPECT_NE(std::string_view(result.error().where().file_name()).find("call_test"),
              std::string_view::npos);
}

TEST(Call, ArgumentsDescribeThemselves) {
    EXPECT_EQ(sys::entry<narrow>.arguments.count, 2);
    EXPECT_EQ((sys::entry<pair_of, sys::To<1>>.arguments.count), 1);
}
