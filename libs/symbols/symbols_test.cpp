// Shortened names, and packing a table that reads back the same.
#include "libs/symbols/pack.hpp"
#include "libs/symbols/shorten.hpp"
#include "libs/unwind/symbol_table.hpp"

#include <gtest/gtest.h>

namespace {

using unwind::SymbolTable;

ConstBytes view(std::vector<std::uint8_t> const& bytes) {
    return std::as_bytes(std::span(bytes));
}

TEST(Shorten, DropsParametersAndReturnTypes) {
    EXPECT_EQ(shorten("vfs::walk(vfs::Path const&, int)"), "vfs::walk");
    EXPECT_EQ(shorten("memcpy"), "memcpy");
    EXPECT_EQ(shorten("void fs::read<int>(int)"), "fs::read<int>");
    EXPECT_EQ(shorten("Task::files() const"), "Task::files");
    EXPECT_EQ(shorten("klog::(anonymous namespace)::drain()"), "klog::drain");
    EXPECT_EQ(shorten("arch::go(int) [clone .cold]"), "arch::go");
    EXPECT_EQ(shorten("std::pair<int, int> f<int>(std::pair<int, int>)"), "f<int>");
}

TEST(Shorten, CutsLongTemplateArguments) {
    EXPECT_EQ(shorten("Vector<device::mmio::Register<unsigned int, 16>>::grow(unsigned long)"),
              "Vector<..>::grow");
}

TEST(Shorten, KnowsOperators) {
    EXPECT_EQ(shorten("A::operator()(int) const"), "A::operator()");
    EXPECT_EQ(shorten("A::operator<(A const&)"), "A::operator<");
    EXPECT_EQ(shorten("A::operator<<(int)"), "A::operator<<");
    EXPECT_EQ(shorten("A::operator->()"), "A::operator->");
    EXPECT_EQ(shorten("operator new(unsigned long)"), "operator new");
    EXPECT_EQ(shorten("bool operator==<A, B>(A const&, B const&)"), "operator==<A, B>");
}

TEST(Shorten, NamesLambdasByTheirFunction) {
    EXPECT_EQ(shorten("task::run(int)::{lambda(int, auto:1)#2}::operator()(int) const"),
              "task::run::{lambda#2}::operator()");
}

TEST(Shorten, NeverFailsOnNonsense) {
    for (auto const* text : {"", "(", ")", "<", ">", "{", "operator", "a(b", "a<b", "x::operator",
                             " ", "<<<(((", "(anonymous namespace)::"})
        shorten(text);
}

std::vector<Function> many() {
    std::vector<Function> functions;
    for (std::uint32_t i = 0; i < 1000; ++i)
        functions.push_back(
            {i * 48, "kernel::room" + std::to_string(i % 7) + "::function_" + std::to_string(i)});
    return functions;
}

TEST(Pack, ReadsBackEveryName) {
    auto const functions = many();
    auto const bytes = pack(functions);
    SymbolTable const table(view(bytes));
    ASSERT_EQ(table.size(), functions.size());
    char buffer[SymbolTable::longest_name];
    for (usize i = 0; i < functions.size(); ++i) {
        EXPECT_EQ(table.name(i, buffer), functions[i].name);
        EXPECT_EQ(table.find(functions[i].start), i);
        EXPECT_EQ(table.find(functions[i].start + 47), i);
    }
    std::size_t plain = 0;
    for (auto const& function : functions)
        plain += function.name.size() + 1;
    EXPECT_LT(bytes.size() - 4 * functions.size(), plain / 2); // it does pack
}

TEST(Pack, NothingLiesBeforeTheFirstFunction) {
    auto const bytes = pack({{100, "a"}, {200, "b"}});
    SymbolTable const table(view(bytes));
    EXPECT_FALSE(table.find(99));
    EXPECT_EQ(table.find(199), 0u);
    EXPECT_EQ(table.find(0xffffffff), 1u);
}

TEST(Pack, AnEmptyOrForeignTableHasNoNames) {
    EXPECT_EQ(SymbolTable({}).size(), 0u);
    std::vector<std::uint8_t> const other(500, 0x41);
    EXPECT_EQ(SymbolTable(view(other)).size(), 0u);
    EXPECT_FALSE(SymbolTable(view(other)).find(5));
}

TEST(Pack, DamagedTablesReadAsGarbageNotBeyond) {
    auto const good = pack(many());
    char buffer[SymbolTable::longest_name];
    for (usize at = 4; at < good.size(); at += 11) {
        auto bytes = good;
        bytes[at] ^= 0xff;
        SymbolTable const table(view(bytes));
        for (usize i = 0; i < std::min<usize>(table.size(), 50); ++i)
            table.name(i * 20, buffer);
        bytes.resize(at);
        SymbolTable const cut(view(bytes));
        for (usize i = 0; i < std::min<usize>(cut.size(), 50); ++i)
            cut.name(i * 20, buffer);
    }
}

} // namespace
