// Reads the declarations in ACPI's byte code, without running any of it (ACPI 6.5, chapter 20).
// Private to this room.
#pragma once

#include "libs/platform/physical_memory.hpp"

#include <array>
#include <optional>

namespace platform::acpi {

/// Code in physical memory, read through a small window. Reading beyond its end is an absence, and
/// so is anything that cannot be understood; whoever meets one gives up the block it stands in.
class Aml {
public:
    Aml(PhysicalMemory const& memory, PhysAddr start, u32 size)
        : memory_(memory), start_(start), size_(size) {}

    u32 size() const { return size_; }

    std::optional<u8> byte(u32 at);
    /// Little-endian, of 1 to 8 bytes.
    std::optional<u64> number(u32 at, u32 bytes);
    /// Where the package whose length is encoded at `at` ends; not after `limit`.
    std::optional<u32> package_end(u32 at, u32 limit);
    std::optional<u32> after_package_length(u32 at);
    std::optional<u32> after_name(u32 at);
    /// After a constant: an integer, string, buffer or package.
    std::optional<u32> after_data(u32 at, u32 limit);
    /// The value of a constant integer.
    std::optional<u64> integer(u32 at);
    /// Whether these characters stand there.
    bool matches(u32 at, std::string_view text);
    /// After a declaration that has nothing inside for us.
    std::optional<u32> after_declaration(u32 at, u32 limit);

private:
    PhysicalMemory const& memory_;
    PhysAddr start_;
    u32 size_;
    std::array<std::byte, 256> window_{};
    u32 window_start_ = 0;
    u32 window_size_ = 0;
};

} // namespace platform::acpi
