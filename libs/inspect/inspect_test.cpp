// Core dumps as elf::core_front() writes them, /proc/PID/maps, and the DWARF and symbols of this
// very test.
#include "libs/elf/core.hpp"
#include "libs/inspect/core_reader.hpp"
#include "libs/inspect/image_file.hpp"
#include "libs/inspect/places.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <link.h>
#include <string>
#include <vector>

namespace {

ConstBytes bytes(Vector<std::byte> const& from) {
    return {from.data(), from.size()};
}

Vector<std::byte> some_core() {
    elf::CoreThread threads[2];
    threads[0].status.pid = 10;
    threads[0].status.current_signal = 11;
    for (u64 i = 0; i < 27; ++i)
        threads[0].status.registers[i] = 100 + i;
    threads[1].status.pid = 12;
    elf::CoreFile const files[] = {{0x1000, 0x3000, 5, "/bin/a"}, {0x8000, 0x9000, 0, "/lib/b c"}};
    elf::CoreRange const ranges[] = {{0x5000, 0x2000, 0x1000, 4}, {0x9000, 0x1000, 0, 4}};
    elf::CoreDescription core;
    core.threads = threads;
    core.files = files;
    core.ranges = ranges;
    core.process.pid = 10;
    std::memcpy(core.process.name, "a", 2);
    auto file = elf::core_front(core);
    for (unsigned i = 0; i < 0x1000; ++i)
        file.push_back(static_cast<std::byte>(i));
    return file;
}

TEST(CoreReader, FindsWhatTheWriterPutIn) {
    auto const file = some_core();
    auto const core = inspect::read_core(bytes(file));
    ASSERT_TRUE(core);
    EXPECT_EQ(core->program, "a");
    EXPECT_EQ(core->process, 10);
    ASSERT_EQ(core->threads.size(), 2u);
    EXPECT_EQ(core->threads[0].id, 10);
    EXPECT_EQ(core->threads[0].signal, 11);
    EXPECT_EQ(core->threads[1].id, 12);
    EXPECT_EQ(core->threads[0].registers[unwind::r15], 100u);
    EXPECT_EQ(core->threads[0].registers[unwind::rbp], 104u);
    EXPECT_EQ(core->threads[0].registers[unwind::rax], 110u);
    EXPECT_EQ(core->threads[0].registers[unwind::rip], 116u);
    EXPECT_EQ(core->threads[0].registers[unwind::rsp], 119u);
    ASSERT_EQ(core->mappings.size(), 2u);
    EXPECT_EQ(core->mappings[1].file, "/lib/b c");
    auto const* const mapping = inspect::mapping_at(core->mappings, 0x2fff);
    ASSERT_NE(mapping, nullptr);
    EXPECT_EQ(mapping->offset, 5 * page_size);
    EXPECT_EQ(inspect::mapping_at(core->mappings, 0x3000), nullptr);
    ASSERT_EQ(core->memory.size(), 1u); // what is not in the file is not there
    EXPECT_EQ(core->memory[0].start, 0x5000u);
    ASSERT_EQ(core->memory[0].bytes.size(), 0x1000u);
    EXPECT_EQ(core->memory[0].bytes[0x13], std::byte{0x13});
}

TEST(CoreReader, SaysWhatIsNoCoreOrDamaged) {
    auto file = some_core();
    EXPECT_EQ(inspect::read_core({}).error(), Errno::enoexec);
    EXPECT_EQ(inspect::read_core(bytes(file).first(63)).error(), Errno::enoexec);
    EXPECT_EQ(inspect::read_core(bytes(file).first(100)).error(), Errno::einval);
    // Cut off in its memory: the rest is there.
    auto const cut = inspect::read_core(bytes(file).first(file.size() - 0x800));
    ASSERT_TRUE(cut);
    ASSERT_EQ(cut->memory.size(), 1u);
    EXPECT_EQ(cut->memory[0].bytes.size(), 0x800u);
    file[16] = std::byte{2}; // a program
    EXPECT_EQ(inspect::read_core(bytes(file)).error(), Errno::enoexec);
}

TEST(Maps, LinesWithFilesAreKept) {
    auto const mappings =
        inspect::parse_maps("00400000-00401000 r-xp 00002000 00:01 5      /bin/a b\n"
                            "7f00-7f10 rw-p 00000000 00:00 0 \n"
                            "rubbish\n"
                            "20-10 r--p 0 00:00 0 /x\n"
                            "7fff0000-7fff1000 rw-p 0 00:00 0   [stack]\n"
                            "a000-b000 r--p 0 08:01 7   /lib/c");
    ASSERT_EQ(mappings.size(), 2u);
    EXPECT_EQ(mappings[0].start, 0x400000u);
    EXPECT_EQ(mappings[0].end, 0x401000u);
    EXPECT_EQ(mappings[0].offset, 0x2000u);
    EXPECT_EQ(mappings[0].file, "/bin/a b");
    EXPECT_EQ(mappings[1].file, "/lib/c");
}

u64 seen_at;

[[gnu::noinline]] void note_caller() {
    seen_at = reinterpret_cast<u64>(__builtin_return_address(0)) - 1;
}

constexpr u32 line_of_call = __LINE__ + 3;

[[gnu::always_inline]] inline void inlined_here() {
    note_caller();
    asm volatile(""); // no tail call
}

constexpr u32 line_around = __LINE__ + 3;

[[gnu::noinline]] void calls_it() {
    inlined_here();
}

/// This program's file, and `seen_at` as that has it.
struct Own {
    std::string content;
    u64 address = 0;

    Own() {
        std::ifstream file("/proc/self/exe", std::ios::binary);
        content.assign(std::istreambuf_iterator<char>(file), {});
        calls_it();
        dl_iterate_phdr(
            [](dl_phdr_info* info, usize, void* into) {
                *static_cast<u64*>(into) = seen_at - info->dlpi_addr;
                return 1; // the program comes first
            },
            &address);
    }

    ConstBytes bytes() const { return bytes_of(content); }
};

TEST(Places, NameInlinedFunctionsAndLines) {
    Own const own;
    inspect::ImageFile const image(own.bytes());
    auto const places = inspect::places_at(image.debug_sections(), own.address);
    ASSERT_EQ(places.size(), 2u);
    EXPECT_EQ(places[0].plain, "inlined_here");
    EXPECT_TRUE(places[0].file.view().ends_with("inspect_test.cpp")) << places[0].file.view();
    EXPECT_EQ(places[0].line, line_of_call);
    EXPECT_EQ(places[1].plain, "calls_it");
    EXPECT_EQ(places[1].line, line_around);
    EXPECT_TRUE(inspect::places_at(image.debug_sections(), 1).empty());
}

TEST(ImageFile, FindsTheFunctionOfAnAddress) {
    Own const own;
    inspect::ImageFile const image(own.bytes());
    auto const symbol = image.symbol_at(own.address);
    ASSERT_TRUE(symbol);
    EXPECT_NE(symbol->name.find("calls_it"), symbol->name.npos) << symbol->name;
    EXPECT_LE(symbol->start, own.address);
    EXPECT_FALSE(image.symbol_at(1));
    EXPECT_TRUE(image.section(".nosuch").empty());
    EXPECT_FALSE(inspect::ImageFile(own.bytes().first(1000)).symbol_at(own.address));
}

} // namespace
