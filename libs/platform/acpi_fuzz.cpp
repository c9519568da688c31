// Fuzzes every ACPI parser and the MP table reader over memory of the fuzzer's making.
#include "libs/platform/acpi.hpp"
#include "libs/platform/mp_table.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace {

using namespace platform;

/// 128 KiB of memory where firmware leaves its pointers, starting with the input.
class InputMemory final : public PhysicalMemory {
public:
    static constexpr u64 start = 0xe'0000;

    InputMemory(u8 const* data, usize size) { std::memcpy(bytes_.data(), data, size); }

    bool read(PhysAddr at, Bytes into) const override {
        if (at.value() < start || at.value() - start > bytes_.size() ||
            into.size() > bytes_.size() - (at.value() - start))
            return false;
        std::memcpy(into.data(), bytes_.data() + (at.value() - start), into.size());
        return true;
    }

    void make_dsdt(u32 size) {
        std::memcpy(bytes_.data(), "DSDT", 4);
        std::memcpy(bytes_.data() + 4, &size, sizeof size);
    }

    /// Makes the input an MP configuration table with a right checksum, and points to it.
    void make_mp_table() {
        std::memcpy(bytes_.data(), "PCMP", 4);
        usize const length = bytes_[4] | bytes_[5] << 8;
        bytes_[7] = 0;
        for (usize i = 0; i < length; ++i)
            if (i != 7)
                bytes_[7] = static_cast<u8>(bytes_[7] - bytes_[i]);
        u8 pointer[16] = {'_', 'M', 'P', '_', 0, 0, 0x0e, 0, 1, 4};
        for (u8 const byte : pointer)
            pointer[15] = static_cast<u8>(pointer[15] - byte);
        std::memcpy(bytes_.data() + 0x1'0000, pointer, sizeof pointer);
    }

private:
    std::vector<u8> bytes_ = std::vector<u8>(0x2'0000);
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    size = std::min<usize>(size, 0x1'0000);
    InputMemory memory(data, size);
    if (auto const root = acpi::find_root(memory, PhysAddr(InputMemory::start)))
        for (auto const* name : {"APIC", "FACP", "MCFG", "HPET"})
            (void)acpi::find_table(memory, *root, name);
    // Past the checksums.
    acpi::Table const all{PhysAddr(InputMemory::start), static_cast<u32>(size), 1};
    (void)acpi::parse_madt(memory, all);
    (void)acpi::parse_fadt(memory, all);
    (void)acpi::parse_mcfg(memory, all);
    (void)acpi::parse_hpet(memory, all);
    (void)acpi::find_virtio_devices(memory, all.at);
    memory.make_dsdt(static_cast<u32>(size));
    (void)acpi::find_virtio_devices(memory, all.at);
    memory.make_mp_table();
    (void)mp_table::read(memory);
    return 0;
}
