// Finds the virtio devices that a DSDT declares: QEMU's microvm names them nowhere else.
#include "libs/platform/acpi.hpp"
#include "libs/platform/acpi_tables.hpp"
#include "libs/platform/aml.hpp"

namespace platform::acpi {
namespace {

constexpr u8 scope_op = 0x10;
constexpr u8 name_op = 0x08;
constexpr u8 extended_op = 0x5b;
constexpr u8 device_op = 0x82;
constexpr u8 string_prefix = 0x0d;
constexpr u8 buffer_op = 0x11;
constexpr int deepest = 8; ///< scopes and devices inside each other

/// What the declarations inside one device say.
struct Found {
    bool virtio = false;
    std::optional<PhysAddr> registers;
    std::optional<u32> gsi;
    Trigger trigger = Trigger::level;
    Polarity polarity = Polarity::active_high;
};

class Walk {
public:
    explicit Walk(Aml& code) : code_(code) {}

    /// The declarations in [at, end), until one that is not understood.
    void block(u32 at, u32 end, Found* device, int depth) {
        while (at < end) {
            auto const next = declaration(at, end, device, depth);
            if (!next || *next <= at)
                return;
            at = *next;
        }
    }

    VirtioDevices devices;

private:
    std::optional<u32> declaration(u32 at, u32 end, Found* device, int depth) {
        auto const op = code_.byte(at);
        bool const is_device = op == extended_op && code_.byte(at + 1) == device_op;
        if (op == name_op)
            return name(at, end, device);
        if (op != scope_op && !is_device)
            return code_.after_declaration(at, end);
        u32 const length = at + (is_device ? 2 : 1);
        auto const inner_end = code_.package_end(length, end);
        auto const inner_name = code_.after_package_length(length);
        auto const inner = inner_name ? code_.after_name(*inner_name) : std::nullopt;
        if (!inner_end || !inner || depth == deepest)
            return inner_end;
        Found found;
        block(*inner, *inner_end, is_device ? &found : nullptr, depth + 1);
        if (found.virtio && found.registers && found.gsi)
            (void)devices.add({*found.registers, *found.gsi, found.trigger, found.polarity});
        return inner_end;
    }

    /// Name(_HID, "LNRO0005") and Name(_CRS, Buffer(n){...}) of a device.
    std::optional<u32> name(u32 at, u32 end, Found* device) {
        auto const data = code_.after_name(at + 1);
        auto const next = data ? code_.after_data(*data, end) : std::nullopt;
        if (next && device != nullptr) {
            if (code_.matches(at + 1, "_HID") && code_.byte(*data) == string_prefix)
                device->virtio = code_.matches(*data + 1, std::string_view("LNRO0005\0", 9));
            if (code_.matches(at + 1, "_CRS") && code_.byte(*data) == buffer_op)
                if (auto const size = code_.after_package_length(*data + 1))
                    if (auto const bytes = code_.after_data(*size, *next))
                        resources(*bytes, *next, *device);
        }
        return next;
    }

    /// 6.4: a list of what a device uses.
    void resources(u32 at, u32 end, Found& device) {
        constexpr u8 large = 0x80, end_tag = 0x0f, fixed_memory = 0x86, interrupts = 0x89;
        while (auto const tag = at < end ? code_.byte(at) : std::nullopt) {
            if ((*tag & large) == 0) {
                if (*tag >> 3 == end_tag)
                    return;
                at += 1 + (*tag & 7);
                continue;
            }
            auto const length = code_.number(at + 1, 2);
            if (!length || *length > end - at)
                return;
            if (*tag == fixed_memory && *length >= 9) { // 6.4.3.4
                if (auto const base = code_.number(at + 4, 4))
                    device.registers = PhysAddr(*base);
            } else if (*tag == interrupts && *length >= 6) { // 6.4.3.6
                auto const flags = code_.byte(at + 3);
                if (auto const number = code_.number(at + 5, 4); number && flags) {
                    device.gsi = static_cast<u32>(*number);
                    device.trigger = (*flags & 2) != 0 ? Trigger::edge : Trigger::level;
                    device.polarity =
                        (*flags & 4) != 0 ? Polarity::active_low : Polarity::active_high;
                }
            }
            at += 3 + static_cast<u32>(*length);
        }
    }

    Aml& code_;
};

} // namespace

VirtioDevices find_virtio_devices(PhysicalMemory const& memory, PhysAddr dsdt) {
    auto const header = read_object<HeaderFields>(memory, dsdt);
    if (!header || std::string_view(header->signature, 4) != "DSDT" ||
        header->length < sizeof(HeaderFields) || header->length > (1u << 20))
        return {};
    Aml code(memory, dsdt, header->length);
    Walk walk(code);
    walk.block(sizeof(HeaderFields), code.size(), nullptr, 0);
    return walk.devices;
}

} // namespace platform::acpi
