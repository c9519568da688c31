// Lines and chains of inlined functions by our DWARF readers, judged by LLVM's symbolizer.
#include "libs/symbols/image.hpp"
#include "libs/symbols/listing.hpp"
#include "libs/symbols/shorten.hpp"
#include "libs/symbols/source_map.hpp"
#include "libs/unwind/line_table.hpp"
#include "libs/unwind/symbol_table.hpp"
#include "runner/explain.hpp"
#include "runner/os.hpp"

#include <algorithm>
#include <filesystem>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

struct Lines {
    std::string image;
    ImageSections sections;
    SourceMap map;

    explicit Lines(std::string const& path)
        : image(runner::read_file(path)),
          sections(sections_of(image)),
          map(sections.debug, sections.text_start, sections.text_end) {}
};

/// "FILE:LINE" of each frame, innermost first, as LLVM sees them; one list per address.
std::vector<std::vector<std::string>> judge(std::string const& image,
                                            std::vector<std::uint64_t> const& addresses) {
    runner::TemporaryDirectory const directory;
    std::string text;
    for (auto const address : addresses)
        text += fmt::format("0x{:x}\n", address);
    runner::write_file(directory.path() + "/addresses", text);
    auto const answer = runner::output_of(
        {"/bin/sh", "-c",
         fmt::format("llvm-symbolizer-19 --obj='{}' --output-style=GNU --functions=none "
                     "--inlines --addresses <'{}/addresses'",
                     image, directory.path())});
    std::vector<std::vector<std::string>> frames;
    std::istringstream lines(answer);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("0x")) {
            frames.emplace_back();
            continue;
        }
        line.resize(std::min(line.find(" (discriminator"), line.size()));
        frames.back().push_back(plain_path(line));
    }
    return frames;
}

std::vector<std::string> ours(SourceMap const& map, std::uint64_t address) {
    std::vector<std::string> frames;
    for (auto const& frame : map.frames_at(address))
        frames.push_back(
            fmt::format("{}:{}", frame.file.empty() ? "??" : plain_path(frame.file), frame.line));
    return frames;
}

/// Compiles the fixture; returns the program's path.
std::string compiled(runner::TemporaryDirectory const& directory, std::string const& compiler,
                     int version, std::string const& optimisation) {
    auto const program = directory.path() + "/program";
    EXPECT_EQ(runner::capture({compiler, "-std=c++20", fmt::format("-gdwarf-{}", version),
                               optimisation, "-Wno-attributes",
                               LINNET_SOURCE "/tests/source_lines/fixture.cpp", "-o", program},
                              runner::Echo::no)
                  .status,
              0);
    return program;
}

struct Compilation {
    std::string compiler;
    int version;
    std::string optimisation;
};

class SourceLines : public testing::TestWithParam<Compilation> {};

/// Each address of our functions; what surrounds them is the C library's and has no DWARF.
TEST_P(SourceLines, AreLlvmsAtEveryAddress) {
    auto const& [compiler, version, optimisation] = GetParam();
    runner::TemporaryDirectory const directory;
    auto const program = compiled(directory, compiler, version, optimisation);
    Lines const lines(program);
    std::vector<std::uint64_t> addresses;
    for (auto at = lines.sections.text_start; at < lines.sections.text_end; ++at)
        if (!lines.map.frames_at(at).empty())
            addresses.push_back(at);
    ASSERT_GT(addresses.size(), 150u);
    auto const expected = judge(program, addresses);
    ASSERT_EQ(expected.size(), addresses.size());
    for (std::size_t i = 0; i < addresses.size(); ++i)
        EXPECT_EQ(ours(lines.map, addresses[i]), expected[i]) << fmt::format("{:x}", addresses[i]);
}

TEST_P(SourceLines, NameTheFunctionsThatWereInlined) {
    auto const& [compiler, version, optimisation] = GetParam();
    runner::TemporaryDirectory const directory;
    Lines const lines(compiled(directory, compiler, version, optimisation));
    std::set<std::vector<std::string>> chains;
    for (auto at = lines.sections.text_start; at < lines.sections.text_end; ++at) {
        std::vector<std::string> names;
        for (auto const& frame : lines.map.frames_at(at))
            names.push_back(shorten_linkage_name(frame.function, frame.plain));
        chains.insert(names);
    }
    using Names = std::vector<std::string>;
    for (auto const& expected :
         {Names{"outer::Counter::add", "outer::twice", "outer::work<short>"},
          Names{"outer::Counter::add", "outer::work<int>::{lambda#1}::operator()",
                "outer::work<int>"},
          Names{"outer::Counter::add", "outer::work<int>"}, Names{"outer::Counter::add", "hidden"},
          Names{"main"}})
        EXPECT_TRUE(chains.contains(expected)) << testing::PrintToString(expected);
}

INSTANTIATE_TEST_SUITE_P(
    Compilers, SourceLines,
    testing::Values(Compilation{"g++", 4, "-O2"}, Compilation{"g++", 5, "-O2"},
                    Compilation{"clang++-19", 4, "-O2"}, Compilation{"clang++-19", 5, "-O2"},
                    Compilation{"clang++-19", 5, "-O1"}),
    [](auto const& of) {
        auto name =
            fmt::format("{}_{}{}", of.param.compiler, of.param.version, of.param.optimisation);
        std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
        return name;
    });

/// Functions that several units describe are told alike by all, so the paths are compared from the
/// root of the repository.
TEST(SourceLinesOfTheKernel, AreLlvms) {
    std::string const kernel = LINNET_BUILD "/linnet.elf";
    Lines const lines(kernel);
    std::mt19937_64 random(1);
    std::vector<std::uint64_t> addresses;
    while (addresses.size() < 4000) {
        auto const size = lines.sections.text_end - lines.sections.text_start;
        auto const address = lines.sections.text_start + random() % size;
        if (!lines.map.frames_at(address).empty())
            addresses.push_back(address);
    }
    auto const expected = judge(kernel, addresses);
    ASSERT_EQ(expected.size(), addresses.size());
    std::size_t inlined = 0;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        if (expected[i][0] == "??:0")
            continue; // LLVM looks only into one of several units
        auto const found = ours(lines.map, addresses[i]);
        inlined += found.size() > 1;
        EXPECT_EQ(found, expected[i]) << fmt::format("{:x}", addresses[i]);
    }
    EXPECT_GT(inlined, 1000u);
}

/// What the kernel itself prints: of instructions that call or fault, and without what the table
/// leaves out, copies of functions of libs/base and the standard library that call nothing else.
TEST(TableInTheKernel, IsLlvms) {
    std::string const kernel = LINNET_BUILD "/linnet.elf";
    runner::TemporaryDirectory const directory;
    auto const section = directory.path() + "/section";
    auto const symbol = [&](char const* name) {
        return std::stoull(
            runner::output_of({"/bin/sh", "-c", fmt::format("nm {} | grep ' {}$'", kernel, name)}),
            nullptr, 16);
    };
    runner::output_of({"objcopy", "-O", "binary", "-j", ".kernel_symbols", kernel, section});
    auto const tables = runner::read_file(section);
    auto const bytes = std::as_bytes(std::span(tables));
    auto const text = symbol("__text_start");
    auto const split = symbol("__kernel_lines_start") - symbol("__kernel_symbols_start");
    ASSERT_LT(split, bytes.size());
    unwind::SymbolTable const names(bytes.first(split));
    unwind::LineTable const table(bytes.subspan(split));

    auto const listing =
        runner::output_of({"objdump", "-d", "-j", ".text", "--no-show-raw-insn", kernel});
    std::vector<std::uint64_t> addresses;
    for (auto const& instruction : instructions_of(listing))
        if (instruction.visible)
            addresses.push_back(instruction.address);
    std::mt19937_64 random(2);
    std::shuffle(addresses.begin(), addresses.end(), random);
    addresses.resize(4000);
    auto const expected = judge(kernel, addresses);
    ASSERT_EQ(expected.size(), addresses.size());
    std::size_t inlined = 0;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        auto wanted = expected[i];
        if (wanted[0].starts_with("??"))
            continue; // LLVM looks only into one of several units
        while (wanted.size() > 1 &&
               (wanted[0].starts_with("libs/base/") || wanted[0].starts_with("/usr/")))
            wanted.erase(wanted.begin());
        unwind::LineTable::Frame frames[unwind::LineTable::deepest];
        auto const count = table.find(static_cast<u32>(addresses[i] - text), frames);
        std::vector<std::string> found;
        for (std::size_t k = 0; k < count; ++k) {
            char file[unwind::SymbolTable::longest_name];
            found.push_back(
                fmt::format("{}:{}", names.name(table.file_name(frames[k]), file), frames[k].line));
        }
        inlined += count > 1;
        EXPECT_EQ(found, wanted) << fmt::format("{:x}", addresses[i]);
    }
    EXPECT_GT(inlined, 800u);
}

/// Names and lines have at most 15 % of what is loaded.
TEST(TableInTheKernel, IsSmall) {
    runner::TemporaryDirectory const directory;
    auto const size = [&](std::vector<std::string> const& options) {
        auto command = std::vector<std::string>{"objcopy", LINNET_BUILD "/linnet.elf",
                                                directory.path() + "/part"};
        command.insert(command.end() - 2, options.begin(), options.end());
        runner::output_of(command);
        return std::filesystem::file_size(directory.path() + "/part");
    };
    auto const tables = size({"-O", "binary", "-j", ".kernel_symbols"});
    EXPECT_GT(tables, 50'000u);
    EXPECT_LT(tables * 100, size({"--strip-all"}) * 15);
}

TEST(Explain, LeavesOtherLinesAlone) {
    runner::Explainer explainer(LINNET_BUILD "/linnet.elf");
    EXPECT_EQ(explainer.explain("[    1.234567] 4 CPUs"), "");
    EXPECT_EQ(explainer.explain("[    1.234567] #1 0x0000000000000010 nowhere+0x0"), "");
    EXPECT_EQ(runner::explained("one\ntwo\n", explainer), "one\ntwo\n");
    runner::Explainer nothing("/nosuch/kernel");
    EXPECT_EQ(nothing.explain("[    1.234567] #1 0xffffffff80121498 upcall::fatal+0x18"), "");
    // The kernel said it itself.
    auto const frame = "#1 0xffffffff80102010 mem::BuddyAllocator::allocate+0x1";
    EXPECT_NE(explainer.explain(frame), "");
    EXPECT_EQ(explainer.explain(std::string(frame) + "  kernel/mem/buddy.cpp:12"), "");
}

} // namespace
