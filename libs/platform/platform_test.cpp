// Tests of the firmware table parsers on tables recorded from QEMU's machines.
#include "libs/platform/acpi.hpp"
#include "libs/platform/mp_table.hpp"
#include "libs/platform/recorded_tables.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace {

using namespace platform;

/// One MiB of memory at 0.
class FakeMemory final : public PhysicalMemory {
public:
    bool read(PhysAddr at, Bytes into) const override {
        if (at.value() > bytes_.size() || into.size() > bytes_.size() - at.value())
            return false;
        std::memcpy(into.data(), bytes_.data() + at.value(), into.size());
        return true;
    }

    template <usize n>
    void place(u64 at, u8 const (&bytes)[n]) {
        std::memcpy(bytes_.data() + at, bytes, n);
    }

    u8& operator[](u64 at) { return bytes_.at(at); }

private:
    std::vector<u8> bytes_ = std::vector<u8>(1_MiB);
};

FakeMemory q35() {
    FakeMemory memory;
    memory.place(0xf36a0, recorded::q35_rsdp);
    memory.place(0xd2087, recorded::q35_tables);
    memory.place(0xd0040, recorded::q35_dsdt_header);
    memory.place(recorded::q35_dsdt_s5_at, recorded::q35_dsdt_s5);
    return memory;
}

FakeMemory microvm() {
    FakeMemory memory;
    memory.place(0xf34d0, recorded::microvm_rsdp);
    memory.place(0xefd40, recorded::microvm_tables);
    return memory;
}

TEST(Acpi, Q35HasTwoCpusAndOneIoApic) {
    FakeMemory const memory = q35();
    auto const root = acpi::find_root(memory, PhysAddr(0xf36a0));
    ASSERT_TRUE(root) << root.error().cause;
    EXPECT_EQ(root->entry_size, 4);
    EXPECT_EQ(root->entries, 5u);
    auto const madt = acpi::find_table(memory, *root, "APIC");
    ASSERT_TRUE(madt) << madt.error().cause;
    auto const found = acpi::parse_madt(memory, *madt);
    ASSERT_TRUE(found) << found.error().cause;
    EXPECT_EQ(found->local_apic, PhysAddr(0xfee0'0000));
    EXPECT_TRUE(found->has_8259);
    ASSERT_EQ(found->cpus.size(), 2u);
    EXPECT_EQ(found->cpus[1].apic_id, 1u);
    EXPECT_TRUE(found->cpus[1].can_start);
    ASSERT_EQ(found->io_apics.size(), 1u);
    EXPECT_EQ(found->io_apics[0].registers, PhysAddr(0xfec0'0000));
    EXPECT_EQ(found->isa(0).gsi, 2u); // the timer
    EXPECT_EQ(found->isa(9).gsi, 9u);
    EXPECT_EQ(found->isa(9).trigger, Trigger::level);
    EXPECT_EQ(found->isa(4).gsi, 4u);
    EXPECT_EQ(found->isa(4).trigger, Trigger::edge);
    ASSERT_EQ(found->nmis.size(), 1u);
    EXPECT_EQ(found->nmis[0].firmware_id, NmiWiring::every_cpu);
    EXPECT_EQ(found->nmis[0].local_pin, 1);
}

TEST(Acpi, Q35PowerResetTimerAndConfigurationSpace) {
    FakeMemory const memory = q35();
    auto const root = acpi::find_root(memory, PhysAddr(0)); // found by search
    ASSERT_TRUE(root) << root.error().cause;
    auto const fadt = acpi::parse_fadt(memory, *acpi::find_table(memory, *root, "FACP"));
    ASSERT_TRUE(fadt) << fadt.error().cause;
    EXPECT_FALSE(fadt->hardware_reduced);
    EXPECT_EQ(fadt->sci_irq, 9);
    ASSERT_TRUE(fadt->reset);
    EXPECT_EQ(fadt->reset->space, acpi::Register::Space::io);
    EXPECT_EQ(fadt->reset->address, 0xcf9u);
    EXPECT_EQ(fadt->reset_value, 0x0f);
    ASSERT_TRUE(fadt->pm1a_control);
    EXPECT_EQ(fadt->pm1a_control->address, 0x604u);
    EXPECT_FALSE(fadt->pm1b_control);
    ASSERT_TRUE(fadt->pm_timer);
    EXPECT_EQ(fadt->pm_timer->address, 0x608u);
    ASSERT_TRUE(fadt->power_off);
    EXPECT_EQ(fadt->power_off->a, 0);

    auto const mcfg = acpi::parse_mcfg(memory, *acpi::find_table(memory, *root, "MCFG"));
    ASSERT_TRUE(mcfg) << mcfg.error().cause;
    ASSERT_EQ(mcfg->size(), 1u);
    EXPECT_EQ((*mcfg)[0].base, PhysAddr(0xb000'0000));
    EXPECT_EQ((*mcfg)[0].last_bus, 255);

    auto const hpet = acpi::parse_hpet(memory, *acpi::find_table(memory, *root, "HPET"));
    ASSERT_TRUE(hpet) << hpet.error().cause;
    EXPECT_EQ(*hpet, PhysAddr(0xfed0'0000));
    EXPECT_FALSE(acpi::find_table(memory, *root, "SSDT"));
}

TEST(Acpi, MicrovmIsHardwareReducedWithTwoIoApics) {
    FakeMemory const memory = microvm();
    auto const root = acpi::find_root(memory, PhysAddr(0xf34d0));
    ASSERT_TRUE(root) << root.error().cause;
    EXPECT_EQ(root->entry_size, 8);
    auto const found = acpi::parse_madt(memory, *acpi::find_table(memory, *root, "APIC"));
    ASSERT_TRUE(found) << found.error().cause;
    ASSERT_EQ(found->io_apics.size(), 2u);
    EXPECT_EQ(found->io_apics[1].registers, PhysAddr(0xfec1'0000));
    EXPECT_EQ(found->io_apics[1].first_gsi, 24u);

    auto const fadt = acpi::parse_fadt(memory, *acpi::find_table(memory, *root, "FACP"));
    ASSERT_TRUE(fadt) << fadt.error().cause;
    EXPECT_TRUE(fadt->hardware_reduced);
    EXPECT_EQ(fadt->reset->space, acpi::Register::Space::memory);
    EXPECT_EQ(fadt->reset->address, 0xfea0'0202u);
    EXPECT_EQ(fadt->reset_value, 0x42);
    EXPECT_EQ(fadt->sleep_control->address, 0xfea0'0200u);
    ASSERT_TRUE(fadt->power_off);
    EXPECT_EQ(fadt->power_off->a, 5);
    EXPECT_FALSE(fadt->pm_timer);
}

TEST(Acpi, MicrovmNamesItsVirtioDevicesInTheDsdt) {
    FakeMemory memory;
    memory.place(0xefc80, recorded::microvm_dsdt);
    auto const found = acpi::find_virtio_devices(memory, PhysAddr(0xefc80));
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].registers, PhysAddr(0xfeb0'2e00));
    EXPECT_EQ(found[0].gsi, 47u);
    EXPECT_EQ(found[0].trigger, Trigger::level);
    EXPECT_EQ(found[0].polarity, Polarity::active_high);
    EXPECT_EQ(found[1].registers, PhysAddr(0xfeb0'2c00));
    EXPECT_EQ(found[1].gsi, 46u);

    // One byte of nonsense before the devices: what came before it was none of ours.
    memory[0xefc80 + 0x2b] ^= 0xff;
    EXPECT_TRUE(acpi::find_virtio_devices(memory, PhysAddr(0xefc80)).empty());
    EXPECT_TRUE(acpi::find_virtio_devices(memory, PhysAddr(0x1000)).empty()); // no DSDT
    EXPECT_TRUE(acpi::find_virtio_devices(q35(), PhysAddr(0xd0040)).empty());
}

TEST(Acpi, ABrokenTableIsNamed) {
    FakeMemory memory = q35();
    auto const root = acpi::find_root(memory, PhysAddr(0xf36a0));
    memory[0xd217b + 50] ^= 1; // in the MADT
    auto const madt = acpi::find_table(memory, *root, "APIC");
    ASSERT_FALSE(madt);
    EXPECT_STREQ(madt.error().cause, "an ACPI table has a wrong checksum");
    EXPECT_EQ(madt.error().at, PhysAddr(0xd217b));

    memory[0xf36a0 + 10] ^= 1;
    auto const none = acpi::find_root(memory, PhysAddr(0xf36a0));
    ASSERT_FALSE(none);
    EXPECT_STREQ(none.error().cause, "no ACPI root pointer");
}

TEST(Acpi, AMadtEntryOfLengthZeroEndsTheParsing) {
    FakeMemory memory = q35();
    memory[0xd217b + 45] = 0;
    auto const found = acpi::parse_madt(memory, {PhysAddr(0xd217b), 128, 1});
    ASSERT_FALSE(found);
    EXPECT_STREQ(found.error().cause, "a MADT entry has an impossible length");
}

TEST(MpTable, QbootListsCpusAndPlainIsaWiring) {
    FakeMemory memory;
    memory.place(0x9fc00, recorded::microvm_mp);
    auto const found = mp_table::read(memory);
    ASSERT_TRUE(found) << found.error().cause;
    ASSERT_EQ(found->cpus.size(), 2u);
    EXPECT_EQ(found->cpus[1].apic_id, 1u);
    EXPECT_TRUE(found->cpus[1].can_start);
    EXPECT_EQ(found->local_apic, PhysAddr(0xfee0'0000));
    ASSERT_EQ(found->io_apics.size(), 1u);
    EXPECT_EQ(found->io_apics[0].registers, PhysAddr(0xfec0'0000));
    EXPECT_EQ(found->isa(0).gsi, 2u);
    EXPECT_EQ(found->isa(12).gsi, 12u);
    EXPECT_EQ(found->isa_overrides.size(), 1u);
    EXPECT_EQ(found->nmis.size(), 1u);
}

TEST(MpTable, SeaBiosNamesItsBootCpu) {
    FakeMemory memory;
    memory.place(0xf5ba0, recorded::seabios_mp);
    auto const found = mp_table::read(memory);
    ASSERT_TRUE(found) << found.error().cause;
    ASSERT_EQ(found->cpus.size(), 1u);
    EXPECT_TRUE(found->cpus[0].boot_cpu);
    EXPECT_EQ(found->isa(0).gsi, 2u);
}

TEST(MpTable, DamageIsNamed) {
    FakeMemory memory;
    EXPECT_STREQ(mp_table::read(memory).error().cause, "no MP table");
    memory.place(0x9fc00, recorded::microvm_mp);
    memory[0x9fc10 + 60] ^= 1;
    EXPECT_STREQ(mp_table::read(memory).error().cause,
                 "the MP configuration table has a wrong checksum");
}

} // namespace
