// The FADT (ACPI 6.5, 5.2.9) and the one thing power-off needs from the DSDT: \_S5.
#include "libs/platform/acpi.hpp"
#include "libs/platform/acpi_tables.hpp"

#include <algorithm>
#include <array>

namespace platform::acpi {
namespace {

constexpr u32 flag_timer_32_bits = 1u << 8;
constexpr u32 flag_reset_supported = 1u << 10;
constexpr u32 flag_hardware_reduced = 1u << 20;

std::optional<Register> register_at(AddressFields const& wide, u32 narrow_port, u8 narrow_bytes) {
    if (wide.address != 0 && wide.space <= 2)
        return Register{static_cast<Register::Space>(wide.space), wide.bits, wide.address};
    if (narrow_port != 0)
        return Register{Register::Space::io, static_cast<u8>(narrow_bytes * 8), narrow_port};
    return std::nullopt;
}

/// An AML integer of the kinds that stand in \_S5 packages; advances `at` past it.
std::optional<u8> small_integer(ConstBytes code, usize& at) {
    if (at >= code.size())
        return std::nullopt;
    auto const byte = [&](usize index) { return static_cast<u8>(code.data()[index]); };
    constexpr u8 zero_op = 0, one_op = 1, byte_prefix = 0x0a;
    u8 const op = byte(at++);
    if (op == zero_op || op == one_op)
        return op;
    if (op == byte_prefix && at < code.size())
        return byte(at++);
    return std::nullopt;
}

/// Reads `Name(_S5_, Package(){a, b, ...})` at the start of `code`, after the name.
std::optional<SleepType> sleep_package(ConstBytes code) {
    constexpr std::byte package_op{0x12};
    if (code.size() < 3 || code[0] != package_op)
        return std::nullopt;
    usize at = 1;
    at += 1 + (static_cast<usize>(code.data()[at]) >> 6); // package length: 1 to 4 bytes
    at += 1;                                              // number of elements
    auto const a = small_integer(code, at);
    auto const b = small_integer(code, at);
    if (!a)
        return std::nullopt;
    return SleepType{static_cast<u8>(*a & 7), static_cast<u8>(b.value_or(0) & 7)};
}

/// Searches the DSDT's code for \_S5. The name is a constant there in all firmware, so this needs
/// no interpreter; what does not look like it is passed over.
std::optional<SleepType> find_power_off(PhysicalMemory const& memory, PhysAddr dsdt) {
    auto const header = read_object<HeaderFields>(memory, dsdt);
    if (!header || std::string_view(header->signature, 4) != "DSDT" || header->length > (1u << 20))
        return std::nullopt;
    constexpr usize longest_match = 16;
    std::array<std::byte, 512> window;
    u64 at = sizeof(HeaderFields);
    while (at < header->length) {
        usize const size = static_cast<usize>(std::min<u64>(window.size(), header->length - at));
        auto const code = Bytes(window).first(size);
        if (!memory.read(dsdt + at, code))
            return std::nullopt;
        usize const name = text_of(code).find("_S5_");
        if (name != std::string_view::npos &&
            (size - name >= longest_match || size < window.size())) {
            if (auto const found = sleep_package(code.subspan(name + 4)))
                return found;
            at += name + 4;
        } else if (size < window.size())
            return std::nullopt;
        else
            at += size - longest_match; // a match may start near the end of the window
    }
    return std::nullopt;
}

} // namespace

std::expected<Fadt, Problem> parse_fadt(PhysicalMemory const& memory, Table const& table) {
    constexpr u32 oldest_size = 116; // ACPI 1.0: up to and including `flags`
    if (table.size < oldest_size)
        return std::unexpected(Problem{"the FADT is too short", table.at});
    FadtFields fields{};
    usize const size = std::min<usize>(table.size, sizeof fields);
    if (!memory.read(table.at, writable_object_bytes(fields).first(size)))
        return std::unexpected(Problem{"the FADT is outside memory", table.at});

    Fadt fadt;
    fadt.hardware_reduced = (fields.flags & flag_hardware_reduced) != 0;
    fadt.sci_irq = fields.sci_irq;
    if ((fields.flags & flag_reset_supported) != 0)
        fadt.reset = register_at(fields.reset, 0, 0);
    fadt.reset_value = fields.reset_value;
    if (fadt.hardware_reduced) {
        fadt.sleep_control = register_at(fields.sleep_control, 0, 0);
    } else {
        fadt.pm1a_control =
            register_at(fields.wide_pm1a_control, fields.pm1a_control, fields.pm1_control_length);
        fadt.pm1b_control =
            register_at(fields.wide_pm1b_control, fields.pm1b_control, fields.pm1_control_length);
        fadt.pm_timer = register_at(fields.wide_pm_timer, fields.pm_timer, fields.pm_timer_length);
        fadt.pm_timer_32_bits = (fields.flags & flag_timer_32_bits) != 0;
    }
    fadt.dsdt = PhysAddr(fields.wide_dsdt != 0 ? fields.wide_dsdt : fields.dsdt);
    if (fadt.dsdt != PhysAddr{})
        fadt.power_off = find_power_off(memory, fadt.dsdt);
    return fadt;
}

} // namespace platform::acpi
