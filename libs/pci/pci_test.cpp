// Tests of libs/pci on a function that behaves like QEMU's virtio-rng-pci under qboot.
#include "libs/pci/configuration.hpp"
#include "libs/pci/window.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace {

using namespace pci;

/// 256 bytes of registers; BARs keep only the bits that their size allows.
class FakeFunction final : public Configuration {
public:
    u32 read(u16 offset, u8 width) const override {
        u32 value = 0;
        std::memcpy(&value, bytes + offset % 256, width);
        return value;
    }

    void write(u16 offset, u8 width, u32 value) override {
        if (offset >= 0x10 && offset < 0x28) {
            if ((read16(register_command) & 3) != 0)
                wrote_while_decoding = true;
            usize const bar = (offset - 0x10u) / 4;
            u32 const kind = read32(offset) & ~writable[bar] & 0xf;
            value = (value & writable[bar]) | kind;
        }
        std::memcpy(bytes + offset % 256, &value, width);
    }

    u8 bytes[256] = {};
    u32 writable[6] = {};
    bool wrote_while_decoding = false;
};

FakeFunction virtio_rng() {
    FakeFunction f;
    f.write(register_vendor, 4, 0x1044'1af4);
    f.write(register_status, 2, 0x10);
    f.writable[1] = ~0xfffu;
    f.bytes[0x20] = 0x0c; // BAR 4: 64 bits, prefetchable
    f.writable[4] = ~0x3fffu;
    f.writable[5] = ~0u;
    f.bytes[register_capabilities] = 0x98;
    u8 const msi_x[] = {0x11, 0x84, 1, 0x80, 1, 0, 0, 0, 1, 8, 0, 0};
    std::memcpy(f.bytes + 0x98, msi_x, sizeof msi_x);
    auto const region = [&](u8 at, u8 next, u8 type, u32 offset) {
        u8 const cap[] = {9, next, 16, type, 4, 0, 0, 0};
        std::memcpy(f.bytes + at, cap, sizeof cap);
        u32 const size = 0x1000;
        std::memcpy(f.bytes + at + 8, &offset, 4);
        std::memcpy(f.bytes + at + 12, &size, 4);
    };
    region(0x84, 0x70, 5, 0); // configuration access: not used
    region(0x70, 0x60, 2, 0x3000);
    f.bytes[0x80] = 4;
    region(0x60, 0x50, 4, 0x2000);
    region(0x50, 0x40, 3, 0x1000);
    region(0x40, 0x00, 1, 0x0000);
    return f;
}

TEST(Configuration, BarsAreSizedWithDecodingOffAndLeftAsTheyWere) {
    FakeFunction f = virtio_rng();
    f.write(register_command, 2, 7);
    auto const bars = probe_bars(f);
    EXPECT_FALSE(f.wrote_while_decoding);
    EXPECT_EQ(f.read16(register_command), 7);
    EXPECT_EQ(bars.bar[0].kind, Bar::Kind::none);
    EXPECT_EQ(bars.bar[1].kind, Bar::Kind::memory);
    EXPECT_EQ(bars.bar[1].size, 0x1000u);
    EXPECT_TRUE(bars.bar[4].is_64_bit);
    EXPECT_EQ(bars.bar[4].size, 0x4000u);
    EXPECT_EQ(bars.bar[4].address, 0u);
    EXPECT_EQ(bars.bar[5].kind, Bar::Kind::none);
    f.write(register_command, 2, 0);
    set_bar(f, 4, bars.bar[4], 0x1'c000'4000);
    EXPECT_EQ(probe_bars(f).bar[4].address, 0x1'c000'4000u);
}

TEST(Configuration, CapabilitiesOfAVirtioDevice) {
    FakeFunction const f = virtio_rng();
    auto const table = find_message_table(f);
    ASSERT_TRUE(table);
    EXPECT_EQ(table->vectors, 2);
    EXPECT_EQ(table->bar, 1);
    EXPECT_EQ(table->offset, 0u);
    auto const regions = find_virtio_regions(f);
    ASSERT_TRUE(regions);
    EXPECT_EQ(regions->common.offset, 0u);
    EXPECT_EQ(regions->notify.offset, 0x3000u);
    EXPECT_EQ(regions->notify_multiplier, 4u);
    EXPECT_EQ(regions->interrupt_status.offset, 0x1000u);
    EXPECT_TRUE(regions->has_device);
}

TEST(Configuration, ACircleOfCapabilitiesEnds) {
    FakeFunction f = virtio_rng();
    f.bytes[0x41] = 0x70;
    EXPECT_EQ(find_capability(f, 0x55), 0);
    EXPECT_TRUE(find_virtio_regions(f));
}

TEST(Configuration, AMissingStructureMakesNoVirtioDevice) {
    FakeFunction f = virtio_rng();
    f.bytes[0x51] = 0; // the list ends before the common structure
    EXPECT_FALSE(find_virtio_regions(f));
    EXPECT_TRUE(absent(FakeFunction{}));
}

TEST(Window, FirstFitBetweenWhatIsTaken) {
    Window window(0xc000'0000, 0xc001'0000);
    window.take(0xc000'1000, 0x1000);
    window.take(0xb000'0000, 0x1000'0800); // reaches in by 0x800
    EXPECT_EQ(window.allocate(0x400), 0xc000'0800u);
    EXPECT_EQ(window.allocate(0x1000), 0xc000'2000u);
    EXPECT_EQ(window.allocate(0x4000), 0xc000'4000u);
    EXPECT_EQ(window.allocate(0x8000), 0xc000'8000u);
    EXPECT_EQ(window.allocate(0x8000), std::nullopt);
    EXPECT_EQ(window.allocate(0x1000), 0xc000'3000u);
    EXPECT_EQ(window.allocate(0x1000), std::nullopt);
}

} // namespace
