// Tests of libs/cmdline against what Linux does with the same words.
#include "libs/cmdline/cmdline.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace {

using cmdline::CommandLine;

std::vector<std::string> texts(Vector<String> const& list) {
    std::vector<std::string> result;
    for (String const& text : list)
        result.emplace_back(text.view());
    return result;
}

using Texts = std::vector<std::string>;

TEST(CommandLine, OptionsOfTheKernelStayInTheKernel) {
    CommandLine const line("console=ttyS0 console=hvc0 init=/bin/sh quiet panic=-1 mem=64M ro");
    EXPECT_EQ(line.text("init"), "/bin/sh");
    EXPECT_TRUE(line.has("quiet"));
    EXPECT_FALSE(line.has("debug"));
    EXPECT_EQ(line.number("panic"), -1);
    EXPECT_EQ(line.size("mem"), 64_MiB);
    ASSERT_EQ(line.all("console").size(), 2u);
    EXPECT_EQ(line.text("console"), "hvc0");
    EXPECT_TRUE(line.init_arguments().empty());
    EXPECT_EQ(texts(line.init_environment()), (Texts{"HOME=/", "TERM=linux"}));
    EXPECT_TRUE(line.complaints().empty());
}

TEST(CommandLine, UnknownWordsGoToInit) {
    CommandLine const line("single TERM=vt100 foo.bar=1 foo.baz EDITOR=vi nokaslr tsc=reliable");
    EXPECT_EQ(texts(line.init_arguments()), (Texts{"single"}));
    EXPECT_EQ(texts(line.init_environment()), (Texts{"HOME=/", "TERM=vt100", "EDITOR=vi"}));
}

TEST(CommandLine, EverythingAfterTwoDashesIsForInit) {
    CommandLine const line("quiet -- -x quiet a=b \"two words\" init=/x");
    EXPECT_TRUE(line.has("quiet"));
    EXPECT_FALSE(line.has("init"));
    EXPECT_EQ(texts(line.init_arguments()), (Texts{"-x", "quiet", "a=b", "two words", "init=/x"}));
}

TEST(CommandLine, ArgumentsBeforeInitAreDropped) {
    EXPECT_EQ(texts(CommandLine("auto init=/sbin/init single").init_arguments()),
              (Texts{"single"}));
}

TEST(CommandLine, Quoting) {
    CommandLine const line("a=\"b c\" \"d=e f\" g=h\"i j\"k \"plain word\" init=\"/my init\"");
    EXPECT_EQ(texts(line.init_environment()),
              (Texts{"HOME=/", "TERM=linux", "a=b c", "d=e f", "g=h\"i j\"k"}));
    EXPECT_EQ(line.text("init"), "/my init");
    EXPECT_EQ(texts(line.init_arguments()), Texts{}); // init= came later
    EXPECT_EQ(texts(CommandLine("x \"plain word\"").init_arguments()), (Texts{"x", "plain word"}));
}

TEST(CommandLine, DashesEqualUnderscores) {
    EXPECT_TRUE(CommandLine("ignore-loglevel").has("ignore_loglevel"));
    EXPECT_EQ(CommandLine("virtio-mmio.device=512@0x1000:5").all("virtio_mmio.device").size(), 1u);
}

TEST(CommandLine, BadValuesAreComplaintsAndLeftOut) {
    CommandLine const line("panic=soon quiet=1 init= mem=lots loglevel=7");
    EXPECT_EQ(texts(line.complaints()),
              (Texts{"\"panic=soon\": panic wants a number, such as -1, 10 or 0x10",
                     "\"quiet=1\": quiet wants no value", "\"init=\": init wants a value",
                     "\"mem=lots\": mem wants a size, such as 64M, 1G or 0x4000000"}));
    EXPECT_FALSE(line.has("panic"));
    EXPECT_EQ(line.number("loglevel"), 7);
}

TEST(CommandLine, ChoicesCountsAndDevicesAreChecked) {
    EXPECT_TRUE(CommandLine("linnet.exit=report linnet.exit=panic maxcpus=0 linnet.strace=0")
                    .complaints()
                    .empty());
    CommandLine const line("linnet.exit=nonsense linnet.exit=or linnet.strace maxcpus=-1 "
                           "virtio_mmio.device=512@x:5 loglevel=99z");
    auto const* const wrong_device = "\"virtio_mmio.device=512@x:5\": virtio_mmio.device wants "
                                     "SIZE@ADDRESS:IRQ, such as 512@0xfeb00e00:12";
    EXPECT_EQ(texts(line.complaints()),
              (Texts{"\"linnet.exit=nonsense\": linnet.exit wants panic or report",
                     "\"linnet.exit=or\": linnet.exit wants panic or report",
                     "\"linnet.strace\": linnet.strace wants 0 or 1",
                     "\"maxcpus=-1\": maxcpus wants a number from 0, such as 2", wrong_device,
                     "\"loglevel=99z\": loglevel wants a number, such as -1, 10 or 0x10"}));
}

TEST(CommandLine, TooMuchForInitIsRefusedAsOnLinux) {
    std::string words;
    for (int i = 0; i < 40; ++i)
        words += "w" + std::to_string(i) + " v" + std::to_string(i) + "=1 ";
    CommandLine const line(words);
    EXPECT_EQ(line.init_arguments().size(), 32u);
    EXPECT_EQ(line.init_environment().size(), 32u);
    EXPECT_EQ(line.complaints().size(), 8u + 10u);
}

TEST(CommandLine, NamesInTheTableAreUnique) {
    std::set<std::string> names;
    for (auto const& option : uapi::boot_options)
        EXPECT_TRUE(names.insert(option.name).second) << option.name;
}

TEST(Find, WorksWithoutAHeapAndStopsAtTwoDashes) {
    EXPECT_EQ(cmdline::find("a=1 quiet a=2 -- a=3", "a"), "2");
    EXPECT_EQ(cmdline::find("a=1 quiet", "quiet"), "");
    EXPECT_EQ(cmdline::find("a=1", "b"), std::nullopt);
}

TEST(Values, NumbersAndSizes) {
    EXPECT_EQ(cmdline::parse_number("0x10"), 16);
    EXPECT_EQ(cmdline::parse_number("010"), 8);
    EXPECT_EQ(cmdline::parse_number("0"), 0);
    EXPECT_EQ(cmdline::parse_number("1x"), std::nullopt);
    EXPECT_EQ(cmdline::parse_number("99999999999999999999"), std::nullopt);
    EXPECT_EQ(cmdline::parse_size("1g"), 1_GiB);
    EXPECT_EQ(cmdline::parse_size("4K"), 4096u);
    EXPECT_EQ(cmdline::parse_size("16E"), std::nullopt);
}

TEST(Values, MmioDevices) {
    auto const device = cmdline::parse_mmio_device("512@0xfeb00e00:12");
    ASSERT_TRUE(device);
    EXPECT_EQ(device->start, PhysAddr(0xfeb0'0e00));
    EXPECT_EQ(device->size, 512u);
    EXPECT_EQ(device->irq, 12u);
    EXPECT_TRUE(cmdline::parse_mmio_device("4K@0x1000:5:1"));
    for (auto const* bad : {"", "512", "512@", "512@0x1000", "512@0x1000:", "512@0x1000:5x",
                            "0@0x1000:5", "512@0xffffffffffffff00:5"})
        EXPECT_FALSE(cmdline::parse_mmio_device(bad)) << bad;
}

} // namespace
