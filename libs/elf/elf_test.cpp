// Tests of libs/elf: the running test program itself, and headers damaged in every field that
// matters.
#include "libs/elf/elf.hpp"

#include "abi/elf.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

namespace {

constexpr u64 limit = 0x7fff'ffff'f000;

struct Image {
    uapi::Elf64Header header{};
    std::vector<uapi::Elf64ProgramHeader> segments;

    Image() {
        std::memcpy(header.ident,
                    "\x7f"
                    "ELF\2\1\1",
                    7);
        header.type = uapi::et_exec;
        header.machine = uapi::em_x86_64;
        header.entry = 0x40'1000;
        header.program_headers = 64;
        header.program_header_size = 56;
        segments.push_back({.type = uapi::pt_load,
                            .flags = uapi::pf_r | uapi::pf_x,
                            .offset = 0,
                            .virtual_address = 0x40'0000,
                            .file_size = 0x2345,
                            .memory_size = 0x2345,
                            .alignment = 0x1000});
        segments.push_back({.type = uapi::pt_load,
                            .flags = uapi::pf_r | uapi::pf_w,
                            .offset = 0x2345,
                            .virtual_address = 0x40'3345,
                            .file_size = 0x100,
                            .memory_size = 0x5000,
                            .alignment = 0x1000});
    }

    Result<elf::Program> parse() {
        header.program_header_count = static_cast<u16>(segments.size());
        auto const parsed = elf::parse_header(object_bytes(header));
        if (!parsed)
            return std::unexpected<Error>(parsed.error());
        return elf::parse_program(*parsed, std::as_bytes(std::span(segments)), limit);
    }
};

TEST(Elf, AFixedProgram) {
    Image image;
    auto const program = image.parse();
    ASSERT_TRUE(program);
    EXPECT_EQ(program->kind, elf::Kind::fixed);
    EXPECT_EQ(program->entry, 0x40'1000u);
    ASSERT_EQ(program->segments.size(), 2u);
    EXPECT_TRUE(program->segments[0].executable);
    EXPECT_FALSE(program->segments[0].writable);
    EXPECT_EQ(program->segments[1].file.size, 0x100u);
    EXPECT_EQ(program->segments[1].memory_size, 0x5000u);
    EXPECT_EQ(program->lowest, 0x40'0000u);
    EXPECT_EQ(program->highest, 0x40'9000u);
    EXPECT_EQ(program->program_headers, 0x40'0040u);
    EXPECT_EQ(program->stack, elf::StackAccess::executable_by_default);
    EXPECT_FALSE(program->interpreter);
}

TEST(Elf, StackInterpreterAndThreadLocalData) {
    Image image;
    image.header.type = uapi::et_dyn;
    image.segments.push_back({.type = uapi::pt_gnu_stack, .flags = uapi::pf_r | uapi::pf_w});
    image.segments.push_back({.type = uapi::pt_interp, .offset = 0x300, .file_size = 28});
    image.segments.push_back({.type = uapi::pt_interp, .offset = 0x400, .file_size = 28});
    image.segments.push_back({.type = uapi::pt_tls,
                              .virtual_address = 0x40'3345,
                              .file_size = 8,
                              .memory_size = 16,
                              .alignment = 8});
    image.segments[1].alignment = 0x20'0000;
    auto const program = image.parse();
    ASSERT_TRUE(program);
    EXPECT_EQ(program->kind, elf::Kind::relocatable);
    EXPECT_EQ(program->stack, elf::StackAccess::not_executable);
    ASSERT_TRUE(program->interpreter);
    EXPECT_EQ(program->interpreter->offset, 0x300u);
    ASSERT_TRUE(program->thread_local_data);
    EXPECT_EQ(program->thread_local_data->memory_size, 16u);
    EXPECT_EQ(program->alignment, 0x20'0000u);
}

TEST(Elf, EveryMalformedProgramIsRefusedWithEnoexec) {
    std::function<void(Image&)> const damages[] = {
        [](Image& i) { i.header.ident[0] = 0; },
        [](Image& i) { i.header.ident[4] = 1; }, // 32 bits
        [](Image& i) { i.header.ident[5] = 2; }, // big endian
        [](Image& i) { i.header.type = uapi::et_core; },
        [](Image& i) { i.header.machine = 183; }, // AArch64
        [](Image& i) { i.header.program_header_size = 32; },
        [](Image& i) { i.header.program_headers = ~0ull - 10; },
        [](Image& i) { i.header.entry = limit; },
        [](Image& i) { i.segments.clear(); },
        [](Image& i) { i.segments.resize(2000); },
        [](Image& i) { i.segments[0].type = i.segments[1].type = uapi::pt_note; },
        [](Image& i) { i.segments[0].file_size = 0x2346; },
        [](Image& i) { i.segments[1].offset += 1; },
        [](Image& i) { i.segments[1].virtual_address = 0x40'2344; }, // overlaps
        [](Image& i) { std::swap(i.segments[0], i.segments[1]); },
        [](Image& i) { i.segments[1].memory_size = ~0ull - 0x1000; },
        [](Image& i) { i.segments[1].virtual_address = limit - 0x1000 + 0x345; },
        [](Image& i) { i.segments[0].offset = ~0ull << 12; },
        [](Image& i) { i.segments[0].alignment = 1ull << 40; },
        [](Image& i) { i.segments.push_back({.type = uapi::pt_interp, .file_size = 1}); },
        [](Image& i) { i.segments.push_back({.type = uapi::pt_interp, .file_size = 5000}); },
    };
    for (usize i = 0; i < std::size(damages); ++i) {
        Image image;
        damages[i](image);
        auto const program = image.parse();
        ASSERT_FALSE(program) << "damage " << i;
        EXPECT_EQ(program.error(), Errno::enoexec) << "damage " << i;
    }
}

TEST(Elf, EmptySegmentsAndOddAlignmentsArePassedOver) {
    Image image;
    image.segments[0].alignment = 3;
    image.segments.push_back({.type = uapi::pt_load, .virtual_address = 1, .alignment = 0});
    auto const program = image.parse();
    ASSERT_TRUE(program);
    EXPECT_EQ(program->segments.size(), 2u);
    EXPECT_EQ(program->alignment, page_size);
}

TEST(Elf, InterpreterPaths) {
    EXPECT_EQ(*elf::interpreter_path(bytes_of(std::string_view("/lib/ld.so\0", 11))), "/lib/ld.so");
    EXPECT_FALSE(elf::interpreter_path(bytes_of("/lib/ld.so")));
    EXPECT_FALSE(elf::interpreter_path(bytes_of(std::string_view("\0", 1))));
    EXPECT_FALSE(elf::interpreter_path({}));
}

TEST(Elf, ThisTestIsAProgram) {
    std::ifstream file("/proc/self/exe", std::ios::binary);
    std::string const image{std::istreambuf_iterator<char>(file), {}};
    ASSERT_FALSE(image.empty());
    auto const header = elf::parse_header(bytes_of(image));
    ASSERT_TRUE(header);
    auto const program =
        elf::parse_program(*header, bytes_of(image).subspan(header->program_headers.offset), limit);
    ASSERT_TRUE(program);
    EXPECT_EQ(program->stack, elf::StackAccess::not_executable);
    EXPECT_NE(program->program_headers, 0u);
    ASSERT_TRUE(program->interpreter);
    auto const path = elf::interpreter_path(
        bytes_of(image).subspan(program->interpreter->offset, program->interpreter->size));
    EXPECT_TRUE(path && path->starts_with("/lib"));
}

} // namespace
