// The table of lines: what is packed reads back, and damaged tables read as garbage, not beyond.
#include "libs/symbols/pack_lines.hpp"
#include "libs/unwind/line_table.hpp"
#include "libs/unwind/symbol_table.hpp"

#include <random>

#include <gtest/gtest.h>

namespace {

using unwind::LineTable;
using unwind::SymbolTable;

ConstBytes view(std::vector<std::uint8_t> const& bytes) {
    return std::as_bytes(std::span(bytes));
}

constexpr std::uint64_t text_start = 0x1000;
constexpr std::uint64_t text_end = 0x100000;

/// 300 functions with chains of random depth and lines, of all kinds of steps.
struct Example {
    SourceMap map{dwarf::DebugSections(), text_start, text_end};
    std::vector<StackPiece> pieces;
    std::vector<Function> functions;
    PackedLines packed;

    Example() {
        std::mt19937 random(7);
        map.files = {"", "kernel/one.cpp", "kernel/two.hpp", "libs/three.hpp"};
        for (std::uint32_t i = 0; i < 40; ++i) {
            map.functions.push_back("function_" + std::to_string(i));
            map.plain_names.push_back(map.functions.back());
        }
        std::uint64_t at = text_start;
        for (std::uint32_t i = 0; i < 300; ++i) {
            functions.push_back(
                {static_cast<std::uint32_t>(at - text_start), "outer_" + std::to_string(i)});
            add_function(random, at);
            if (i % 50 == 0)
                pieces.push_back({at += 3, {}}); // nobody knows
            at += 9;
        }
        packed = pack_lines(map, pieces, text_start, functions);
    }

    void add_function(std::mt19937& random, std::uint64_t& at) {
        auto const number = [&](std::uint32_t limit) {
            return static_cast<std::uint32_t>(random()) % limit;
        };
        auto const scope = [&](std::uint32_t parent) {
            map.scopes.push_back({.parent = parent,
                                  .function = number(40),
                                  .call_file = 1 + number(3),
                                  .call_line = 1 + number(3000)});
            return static_cast<std::uint32_t>(map.scopes.size() - 1);
        };
        std::vector<StackFrame> chain{{scope(Scope::none), 1, 1 + number(3000)}};
        for (std::uint32_t piece = 0; piece < 1 + number(40); ++piece) {
            auto depth = number(number(9) == 0 ? 24 : 5);
            while (chain.size() > 1 && chain.size() > depth)
                chain.pop_back();
            while (chain.size() < depth) {
                auto const inner = scope(chain.back().scope);
                chain.back().line = map.scopes[inner].call_line;
                chain.push_back({inner, 1 + number(3), 0});
            }
            chain.back().line = number(8) == 0 ? number(70000) : number(900);
            pieces.push_back({at, chain});
            at += 1 + number(number(9) == 0 ? 700 : 30);
        }
    }
};

TEST(LineTableOf, ReadsBackEveryPiece) {
    Example const example;
    auto const names_bytes = pack(example.functions, example.packed.names);
    SymbolTable const names(view(names_bytes));
    LineTable const table(view(example.packed.table));
    LineTable::Frame frames[LineTable::deepest];
    char buffer[SymbolTable::longest_name];
    for (std::size_t i = 0; i < example.pieces.size(); ++i) {
        auto const& piece = example.pieces[i];
        auto const end = i + 1 < example.pieces.size() ? example.pieces[i + 1].start : text_end;
        for (auto const at : {piece.start, end - 1}) {
            auto const count = table.find(static_cast<u32>(at - text_start), frames);
            ASSERT_EQ(count, piece.frames.size()) << i;
            for (std::size_t k = 0; k < count; ++k) {
                auto const& expected = piece.frames[count - 1 - k];
                ASSERT_EQ(frames[k].line, expected.line) << i;
                ASSERT_EQ(names.name(table.file_name(frames[k]), buffer),
                          example.map.files[expected.file]);
                if (k + 1 != count)
                    ASSERT_EQ(names.name(frames[k].name, buffer),
                              example.map.functions[example.map.scopes[expected.scope].function]);
            }
        }
    }
    EXPECT_EQ(table.find(static_cast<u32>(text_end - text_start), frames), 0u);
}

TEST(LineTableOf, AnEmptyOrForeignTableKnowsNothing) {
    LineTable::Frame frames[LineTable::deepest];
    EXPECT_EQ(LineTable({}).find(0, frames), 0u);
    std::vector<std::uint8_t> const other(5000, 0x41);
    EXPECT_EQ(LineTable(view(other)).find(0, frames), 0u);
}

TEST(LineTableOf, DamagedTablesReadAsGarbageNotBeyond) {
    auto const good = Example().packed.table;
    LineTable::Frame frames[LineTable::deepest];
    for (std::size_t at = 4; at < good.size(); at += 13) {
        auto bytes = good;
        bytes[at] ^= 0xff;
        for (u32 offset = 0; offset < 50000; offset += 4999) {
            EXPECT_LE(LineTable(view(bytes)).find(offset, frames), LineTable::deepest);
            EXPECT_LE(LineTable(view(bytes).first(at)).find(offset, frames), LineTable::deepest);
        }
    }
}

TEST(Listing, TellsWhatMayCallOrFault) {
    auto const instructions = instructions_of("\n"
                                              "x.elf:     file format elf64-x86-64\n\n"
                                              "ffffffff80102000 <f>:\n"
                                              "ffffffff80102000:\tpush   %rbx\n"
                                              "ffffffff80102001:\tmov    %rsp,%rbp\n"
                                              "ffffffff80102004:\tmov    0x8(%rsp),%rax\n"
                                              "ffffffff80102009:\tmov    0x8(%rdi),%rax\n"
                                              "ffffffff8010200d:\tlea    0x8(%rdi),%rax\n"
                                              "    2011:\tcall   ffffffff80102000 <f>\n"
                                              "  2016:\tdiv    %rcx\n"
                                              "  2019:\tnopw   0x0(%rax,%rax,1)\n"
                                              "  201f:\tret\n"
                                              "  zz:\tret");
    std::vector<bool> visible;
    for (auto const& one : instructions)
        visible.push_back(one.visible);
    EXPECT_EQ(visible,
              (std::vector<bool>{true, false, false, true, false, true, true, false, false}));
    EXPECT_EQ(instructions[0].address, 0xffffffff80102000);
    EXPECT_EQ(instructions[5].address, 0x2011u);
}

} // namespace
