// Numbers, expressions and frame programs, from bytes written by hand.
#include "libs/dwarf/expression.hpp"
#include "libs/dwarf/frame_program.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace {

using dwarf::Reader;
using dwarf::Region;
using dwarf::Rule;

std::vector<std::byte> bytes(std::initializer_list<int> values) {
    std::vector<std::byte> result;
    for (int const value : values)
        result.push_back(static_cast<std::byte>(value));
    return result;
}

/// Memory in which the word at address A is A + 1, up to 0x1000.
class Ascending final : public dwarf::Memory {
public:
    bool read(u64 at, Bytes into) const noexcept override {
        if (at + into.size() > 0x1000)
            return false;
        u64 const word = at + 1;
        __builtin_memcpy(into.data(), &word, into.size());
        return true;
    }
};

TEST(Reader, LebNumbers) {
    auto const data = bytes({0xe5, 0x8e, 0x26, 0x7f, 0x80, 0x7f, 0xff, 0x00});
    Reader reader(Region{0x100, data});
    EXPECT_EQ(reader.uleb(), 624485u);
    EXPECT_EQ(reader.sleb(), -1);
    EXPECT_EQ(reader.sleb(), -128);
    EXPECT_EQ(reader.uleb(), 127u);
    EXPECT_TRUE(reader.ok());
    EXPECT_EQ(reader.address(), 0x108u);
    reader.uleb();
    EXPECT_FALSE(reader.ok());
}

TEST(Reader, OverlongLebsDoNotOverflow) {
    std::vector<std::byte> data(40, std::byte{0xff});
    data.push_back(std::byte{0x01});
    EXPECT_EQ(Reader(Region{0, data}).uleb(), ~u64{0});
    EXPECT_EQ(Reader(Region{0, data}).sleb(), -1);
}

TEST(Reader, PointersOfEveryEncoding) {
    auto const data = bytes({0xfc, 0xff, 0xff, 0xff, 0, 0, 0, 0});
    Region const region{0x1000, data};
    Reader::Bases const bases{.text = 1, .data = 0x5000, .function = 0x700};
    EXPECT_EQ(Reader(region).pointer(0x1b, bases).value, 0xffcu);  // pcrel sdata4
    EXPECT_EQ(Reader(region).pointer(0x3b, bases).value, 0x4ffcu); // datarel sdata4
    EXPECT_EQ(Reader(region).pointer(0x03, bases).value, 0xfffffffcu);
    EXPECT_EQ(Reader(region).pointer(0x00, bases).value, 0xfffffffcu);
    EXPECT_EQ(Reader(region).pointer(0x4a, bases).value, 0x6fcu); // funcrel sdata2
    EXPECT_TRUE(Reader(region).pointer(0x9b, bases).indirect);
    EXPECT_EQ(Reader(region).pointer(0xff, bases).value, 0u);
    Reader null(Region{0x1004, std::span(data).subspan(4)});
    EXPECT_EQ(null.pointer(0x1b, bases).value, 0u); // null stays null
    Reader bad(region);
    bad.pointer(0x07, bases);
    EXPECT_FALSE(bad.ok());
}

std::optional<u64> run(std::initializer_list<int> program,
                       std::optional<u64> initial = std::nullopt) {
    auto const data = bytes(program);
    std::array<u64, 17> registers = {};
    registers[7] = 0x200; // rsp
    registers[16] = 0xf;  // rip
    return dwarf::evaluate(Reader(Region{0, data}), registers, Ascending(), initial);
}

TEST(Expression, TheOneOfEveryPlt) {
    // rsp + 8 + ((rip & 15) >= 11) * 8, as linkers write for lazy binding.
    EXPECT_EQ(run({0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22}), 0x210u);
}

TEST(Expression, StackOperations) {
    EXPECT_EQ(run({0x31, 0x32, 0x16}), 1u);             // swap
    EXPECT_EQ(run({0x31, 0x32, 0x14}), 1u);             // over
    EXPECT_EQ(run({0x31, 0x32, 0x33, 0x15, 2}), 1u);    // pick 2
    EXPECT_EQ(run({0x31, 0x32, 0x33, 0x17}), 2u);       // rot: 3 1 2
    EXPECT_EQ(run({0x31, 0x32, 0x33, 0x17, 0x13}), 1u); // ... drop
    EXPECT_EQ(run({0x12}, 9), 9u);                      // dup of the initial value
}

TEST(Expression, Arithmetic) {
    EXPECT_EQ(run({0x3a, 0x33, 0x1c}), 7u);                               // 10 - 3
    EXPECT_EQ(run({0x09, 0xf6, 0x33, 0x1b}), u64(-3));                    // -10 / 3
    EXPECT_EQ(run({0x3a, 0x33, 0x1d}), 1u);                               // 10 mod 3
    EXPECT_EQ(run({0x09, 0xf8, 0x31, 0x26}), u64(-4));                    // -8 >> 1
    EXPECT_EQ(run({0x09, 0xf8, 0x19}), 8u);                               // abs
    EXPECT_EQ(run({0x31, 0x23, 0x80, 1}), 129u);                          // plus_uconst
    EXPECT_EQ(run({0x31, 0x08, 200, 0x24}), 0u);                          // shift by too much
    EXPECT_EQ(run({0x09, 0xff, 0x31, 0x2d}), 1u);                         // -1 < 1
    EXPECT_FALSE(run({0x31, 0x30, 0x1b}));                                // division by zero
    EXPECT_EQ(run({0x0d, 0, 0, 0, 0x80, 0x31, 0x1f, 0x1b}), 0x80000000u); // min / -1
}

TEST(Expression, MemoryAndJumps) {
    EXPECT_EQ(run({0x77, 0, 0x06}), 0x201u);                  // *rsp
    EXPECT_EQ(run({0x77, 0, 0x94, 1}), 1u);                   // one byte of it
    EXPECT_FALSE(run({0x0c, 0, 0, 1, 0, 0x06}));              // cannot be read
    EXPECT_EQ(run({0x31, 0x2f, 1, 0, 0x32, 0x33}), 3u);       // skip over lit2
    EXPECT_EQ(run({0x35, 0x30, 0x28, 1, 0, 0x36, 0x37}), 7u); // bra not taken
    EXPECT_FALSE(run({0x2f, 0xfd, 0xff}));                    // for ever
    EXPECT_FALSE(run({0x2f, 0xf0, 0xff}));                    // before the start
}

TEST(Expression, RefusesNonsense) {
    EXPECT_FALSE(run({}));
    EXPECT_FALSE(run({0x22}));                         // plus on an empty stack
    EXPECT_FALSE(run({0x08}));                         // operand missing
    EXPECT_FALSE(run({0xff}));                         // no such operation
    EXPECT_FALSE(run({0x90, 0x20}));                   // no such register
    EXPECT_FALSE(run({0x31, 0x12, 0x2f, 0xfc, 0xff})); // grows for ever
}

/// A section with one common entry (as GCC's) and one frame entry at 0x4000, 0x100 bytes long.
struct Section {
    std::vector<std::byte> data;
    u64 frame_address = 0;

    explicit Section(std::initializer_list<int> program, char const* letters = "zR") {
        auto const put32 = [&](u32 value) {
            for (int i = 0; i < 4; ++i)
                data.push_back(static_cast<std::byte>(value >> (8 * i)));
        };
        bool const signal = std::string_view(letters).ends_with("S");
        put32(signal ? 19 : 18); // length of the common entry
        put32(0);
        data.push_back(std::byte{1}); // version
        for (char const* at = letters; *at != 0; ++at)
            data.push_back(static_cast<std::byte>(*at));
        // NUL, code 1, data -8, return address 16, augmentation data: R = udata4, then
        // def_cfa rsp+8, offset rip -8
        for (int const value : {0, 1, 0x78, 16, 1, 0x03, 0x0c, 7, 8, 0x90, 1})
            data.push_back(static_cast<std::byte>(value));
        frame_address = data.size();
        put32(static_cast<u32>(13 + program.size()));
        put32(static_cast<u32>(frame_address + 4)); // back to the common entry
        put32(0x4000);
        put32(0x100);
        data.push_back(std::byte{0});
        for (int const value : program)
            data.push_back(static_cast<std::byte>(value));
        put32(0);
    }

    Region region() const { return {0, data}; }

    std::optional<dwarf::Row> row(u64 instruction) const {
        auto const frame = dwarf::find_frame({.header = {}, .frames = region()}, instruction);
        EXPECT_TRUE(frame);
        return frame ? dwarf::row_at(region(), *frame, instruction) : std::nullopt;
    }
};

TEST(FrameProgram, AdvancesUpToTheInstruction) {
    // push rbp; mov rbp, rsp
    Section const section({0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6});
    auto const before = section.row(0x4000);
    ASSERT_TRUE(before);
    EXPECT_EQ(before->cfa_offset, 8);
    EXPECT_EQ(before->rules[6].kind, Rule::same);
    EXPECT_EQ(before->rules[16].value, -8);
    auto const pushed = section.row(0x4001);
    EXPECT_EQ(pushed->cfa_offset, 16);
    EXPECT_EQ(pushed->cfa_register, 7);
    EXPECT_EQ(pushed->rules[6].kind, Rule::at_offset);
    EXPECT_EQ(pushed->rules[6].value, -16);
    EXPECT_EQ(section.row(0x4003)->cfa_register, 7);
    EXPECT_EQ(section.row(0x4004)->cfa_register, 6);
    EXPECT_EQ(section.row(0x40ff)->cfa_register, 6);
}

TEST(FrameProgram, RemembersAndRestores) {
    Section const section({0x0a, 0x42, 0x0e, 32, 0x83, 3, 0x44, 0x0b, 0x44, 0x83, 4, 0x44, 0xc3});
    EXPECT_EQ(section.row(0x4002)->cfa_offset, 32);
    EXPECT_EQ(section.row(0x4006)->cfa_offset, 8);
    EXPECT_EQ(section.row(0x4006)->rules[3].kind, Rule::same);
    EXPECT_EQ(section.row(0x400a)->rules[3].value, -32);
    EXPECT_EQ(section.row(0x400e)->rules[3].kind, Rule::same); // restore: as in the common entry
}

TEST(FrameProgram, EveryKindOfRule) {
    Section const section({0x07, 0,                   // rax undefined
                           0x08, 1,                   // rdx same
                           0x09, 2,    3,             // rcx in rbx
                           0x11, 3,    0x7e,          // rbx at CFA + (-2 * -8)
                           0x14, 4,    2,             // rsi is CFA - 16
                           0x15, 5,    0x7f,          // rdi is CFA + 8
                           0x16, 8,    2,    0x77, 4, // r8 is rsp + 4
                           0x10, 9,    2,    0x77, 4, // r9 at rsp + 4
                           0x2f, 12,   2,             // r12 at CFA + 16
                           0x05, 0x20, 1,             // an xmm register: ignored
                           0x2e, 8,                   // arguments' size: ignored
                           0x0f, 2,    0x77, 0x20});  // CFA by expression
    auto const row = section.row(0x4000);
    ASSERT_TRUE(row);
    EXPECT_EQ(row->rules[0].kind, Rule::undefined);
    EXPECT_EQ(row->rules[2].kind, Rule::in_register);
    EXPECT_EQ(row->rules[2].value, 3);
    EXPECT_EQ(row->rules[3].value, 16);
    EXPECT_EQ(row->rules[4].kind, Rule::is_offset);
    EXPECT_EQ(row->rules[4].value, -16);
    EXPECT_EQ(row->rules[5].value, 8);
    EXPECT_EQ(row->rules[8].kind, Rule::is_expression);
    EXPECT_EQ(row->rules[9].kind, Rule::at_expression);
    EXPECT_EQ(row->rules[12].value, 16);
    EXPECT_TRUE(row->cfa_is_expression);
    std::array<u64, 17> registers = {};
    registers[7] = 0x100;
    EXPECT_EQ(dwarf::evaluate(dwarf::expression_at(section.region(), row->cfa_offset), registers,
                              Ascending()),
              0x120u);
}

TEST(FrameProgram, RefusesNonsense) {
    EXPECT_FALSE(Section({0x0b}).row(0x4000));                         // restore without remember
    EXPECT_FALSE(Section({0x0a, 0x0a, 0x0a, 0x0a, 0x0a}).row(0x4000)); // too deep
    EXPECT_FALSE(Section({0x0d, 40}).row(0x4000));                     // CFA from no register
    EXPECT_FALSE(Section({0x3f}).row(0x4000));                         // no such instruction
    EXPECT_FALSE(Section({0x0e}).row(0x4000));                         // operand missing
    EXPECT_FALSE(Section({0x0e, 0xff, 0xff, 0xff, 0xff, 0x7f}).row(0x4000)); // offset too large
}

TEST(FrameProgram, SignalFramesAreMarked) {
    Section const section({}, "zRS");
    auto const frame = dwarf::find_frame({.header = {}, .frames = section.region()}, 0x4010);
    ASSERT_TRUE(frame);
    EXPECT_TRUE(frame->signal_frame);
    EXPECT_EQ(frame->address, section.frame_address);
    EXPECT_FALSE(dwarf::find_frame({.header = {}, .frames = section.region()}, 0x4100));
    EXPECT_FALSE(
        dwarf::parse_frame(section.region(), section.region(), 0)); // a common entry is no frame
}

} // namespace
