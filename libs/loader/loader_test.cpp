// Tests of what loaders leave: both protocols, and every kind of damage to them.
#include "libs/loader/loader.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <initializer_list>
#include <string>
#include <vector>

namespace {

using namespace loader;

/// Memory from `start` on.
class FakeMemory final : public PhysicalMemory {
public:
    static constexpr u64 start = 0x1000;

    bool read(PhysAddr at, Bytes into) const override {
        if (at.value() < start || at.value() - start > bytes.size() ||
            into.size() > bytes.size() - (at.value() - start))
            return false;
        std::memcpy(into.data(), bytes.data() + (at.value() - start), into.size());
        return true;
    }

    std::string bytes;
};

std::string words(std::initializer_list<u32> values) {
    std::string text;
    for (u32 const value : values)
        text.append(reinterpret_cast<char const*>(&value), sizeof value);
    return text;
}

std::string entry(u64 at, u64 size, u32 type) {
    return words({static_cast<u32>(at), static_cast<u32>(at >> 32), static_cast<u32>(size),
                  static_cast<u32>(size >> 32), type, 0});
}

/// Multiboot2's information from its tags.
class Tags {
public:
    Tags& add(u32 type, std::string const& content) {
        tags_ += words({type, static_cast<u32>(content.size() + 8)}) + content;
        tags_.resize((tags_.size() + 7) / 8 * 8);
        return *this;
    }

    Tags& map(std::string const& entries) { return add(6, words({24, 0}) + entries); }

    FakeMemory memory() {
        FakeMemory made;
        add(0, "");
        made.bytes = words({static_cast<u32>(tags_.size() + 8), 0}) + tags_;
        return made;
    }

private:
    std::string tags_;
};

std::string const usable = entry(0, 0xa0000, 1) + entry(0x10'0000, 0x100'0000, 1);

std::string framebuffer(u32 width, u32 height, u32 pitch, u8 bits, u8 type) {
    std::string text = words({0xfd00'0000, 0, pitch, width, height});
    for (u8 const byte : {bits, type, u8{0}, u8{0}, u8{16}, u8{8}, u8{8}, u8{8}, u8{0}, u8{8}})
        text += static_cast<char>(byte);
    return text;
}

char const* cause_of(FakeMemory const& memory) {
    Information information;
    auto const done = information.read_multiboot2(memory, PhysAddr(FakeMemory::start));
    return done ? "none" : done.error().cause;
}

char const* only_complaint(Tags tags) {
    Information information;
    auto const memory = tags.memory();
    EXPECT_TRUE(information.read_multiboot2(memory, PhysAddr(FakeMemory::start)));
    EXPECT_EQ(information.complaints().size(), 1u);
    return information.complaints().size() == 1 ? information.complaints()[0] : "";
}

TEST(Multiboot2, EverythingIsThere) {
    auto const memory = Tags()
                            .add(1, std::string("console=tty0 quiet\0", 19))
                            .add(2, std::string("GRUB 2.06\0", 10))
                            .map(usable + entry(0xa0000, 0x60000, 2) + entry(0x7f0'0000, 4096, 3))
                            .add(3, words({0x20'0000, 0x20'1800}) + '\0')
                            .add(8, framebuffer(1024, 768, 4096, 32, 1))
                            .add(14, std::string(20, 'o'))
                            .add(15, std::string(36, 'n'))
                            .add(4711, "from a later specification")
                            .memory();
    Information information;
    ASSERT_TRUE(information.read_multiboot2(memory, PhysAddr(FakeMemory::start)));
    EXPECT_EQ(information.command_line(), "console=tty0 quiet");
    EXPECT_EQ(information.loader_name(), "GRUB 2.06");
    ASSERT_EQ(information.memory().size(), 4u);
    EXPECT_EQ(information.memory()[1].start, PhysAddr(0x10'0000));
    EXPECT_EQ(information.memory()[2].kind, MemoryEntry::Kind::reserved);
    EXPECT_EQ(information.memory()[3].kind, MemoryEntry::Kind::acpi_reclaimable);
    ASSERT_TRUE(information.initramfs());
    EXPECT_EQ(information.initramfs()->start, PhysAddr(0x20'0000));
    EXPECT_EQ(information.initramfs()->size, 0x1800u);
    ASSERT_TRUE(information.framebuffer());
    EXPECT_EQ(information.framebuffer()->start, PhysAddr(0xfd00'0000));
    EXPECT_EQ(information.framebuffer()->pitch, 4096u);
    EXPECT_EQ(information.framebuffer()->red.position, 16);
    EXPECT_EQ(information.framebuffer()->blue.bits, 8);
    EXPECT_EQ(text_of(information.root_pointer_copy()), std::string(36, 'n'));
    EXPECT_TRUE(information.complaints().empty());
}

TEST(Multiboot2, TheNewerRootPointerWinsInAnyOrder) {
    auto const memory =
        Tags().map(usable).add(15, std::string(36, 'n')).add(14, std::string(20, 'o')).memory();
    Information information;
    ASSERT_TRUE(information.read_multiboot2(memory, PhysAddr(FakeMemory::start)));
    EXPECT_EQ(text_of(information.root_pointer_copy()), std::string(36, 'n'));
}

TEST(Multiboot2, DamageIsNamed) {
    EXPECT_STREQ(cause_of(Tags().memory()), "the loader names no usable memory");
    EXPECT_STREQ(cause_of(Tags().map(entry(0, 4096, 2)).memory()),
                 "the loader names no usable memory");
    EXPECT_STREQ(cause_of(Tags().add(6, words({8, 0})).memory()), "the memory map is damaged");
    EXPECT_STREQ(cause_of(Tags().add(3, words({8, 4})).memory()), "a module's tag is damaged");
    EXPECT_STREQ(cause_of(Tags().add(8, "short").memory()), "the framebuffer's tag is damaged");
    EXPECT_STREQ(cause_of(Tags().map(usable).add(18, "").memory()),
                 "the loader left UEFI's boot services running");

    auto endless = Tags().map(usable).memory();
    endless.bytes.resize(endless.bytes.size() - 8); // the end tag
    EXPECT_STREQ(cause_of(endless), "the multiboot2 information has no end");
    auto tag_of_nothing = Tags().map(usable).memory();
    tag_of_nothing.bytes[12] = 3;
    EXPECT_STREQ(cause_of(tag_of_nothing), "a multiboot2 tag has an impossible size");
    auto size_of_nothing = Tags().map(usable).memory();
    size_of_nothing.bytes[0] = 4;
    size_of_nothing.bytes[1] = 0;
    EXPECT_STREQ(cause_of(size_of_nothing), "the multiboot2 information is damaged");
    EXPECT_STREQ(cause_of(FakeMemory()), "the multiboot2 information is damaged");
}

TEST(Multiboot2, WhatCanBeDoneWithoutIsAComplaint) {
    EXPECT_STREQ(only_complaint(Tags().map(usable).add(3, words({0x800'0000, 0x800'1000}))),
                 "the initramfs does not lie in usable memory; ignored");
    EXPECT_STREQ(only_complaint(Tags().map(usable).add(3, words({0x20'0000, 0x20'0000}))),
                 "a module is empty; ignored");
    EXPECT_STREQ(only_complaint(Tags()
                                    .map(usable)
                                    .add(3, words({0x20'0000, 0x20'1000}))
                                    .add(3, words({0x30'0000, 0x30'1000}))),
                 "only the first module is used, as the initramfs");
    EXPECT_STREQ(only_complaint(Tags().map(usable).add(8, framebuffer(80, 25, 160, 16, 2))),
                 "the loader left the screen in a mode without RGB pixels; not used");
    EXPECT_STREQ(only_complaint(Tags().map(usable).add(8, framebuffer(1024, 768, 4000, 32, 1))),
                 "the loader's framebuffer has an unknown format; not used");
    EXPECT_STREQ(only_complaint(Tags().map(usable + entry(~u64{0} - 10, 100, 1))),
                 "an entry of the memory map wraps around; left out");
    EXPECT_STREQ(only_complaint(Tags().map(usable).add(1, std::string(5000, 'x') + '\0')),
                 "the command line is too long; its end is cut");
}

TEST(Pvh, EverythingIsThere) {
    // The start info, then the map, a module and the command line at the end of a page.
    FakeMemory memory;
    memory.bytes =
        words({0x336e'c578, 1, 0, 1, 0x1100, 0, 0x1ff0, 0, 0xe'1234, 0, 0x1200, 0, 3, 0});
    memory.bytes.resize(0x1000);
    memory.bytes.replace(0x100, 32, words({0x10'0000, 0, 0x1000, 0, 0, 0, 0, 0}));
    memory.bytes.replace(0x200, 72, usable + entry(0, 0, 0));
    memory.bytes.replace(0xff0, 6, std::string("quiet\0", 6));
    Information information;
    ASSERT_TRUE(information.read_pvh(memory, PhysAddr(FakeMemory::start)));
    EXPECT_EQ(information.command_line(), "quiet");
    EXPECT_EQ(information.memory().size(), 2u); // the empty entry is none
    EXPECT_EQ(information.initramfs()->size, 0x1000u);
    EXPECT_EQ(information.root_pointer(), PhysAddr(0xe'1234));
    EXPECT_TRUE(information.root_pointer_copy().empty());
    EXPECT_FALSE(information.framebuffer());

    memory.bytes[0] = 0;
    Information none;
    auto const wrong = none.read_pvh(memory, PhysAddr(FakeMemory::start));
    ASSERT_FALSE(wrong);
    EXPECT_STREQ(wrong.error().cause, "not started by a PVH loader with a memory map");
}

} // namespace
