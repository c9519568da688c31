// Walks the PCI buses and gives addresses to what firmware left without.
#include "kernel/device/pci.hpp"

#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/devices.hpp"
#include "kernel/log/log.hpp"
#include "libs/pci/window.hpp"

#include <algorithm>

namespace device {
namespace {

constexpr usize function_size = 4_KiB;
constexpr u8 header_type_bridge = 1;
constexpr u8 header_many_functions = 0x80;
constexpr u64 window_end = 0xfec0'0000; ///< the interrupt controllers' registers start here
constexpr u64 window_start = 0xc000'0000;

/// Addresses below 4 GiB that are neither memory nor anything else firmware told of.
pci::Window free_addresses(arch::PciConfigurationSpace const& space) {
    u64 start = window_start;
    for (auto const& range : arch::boot_info().memory)
        if (range.kind == arch::MemoryRange::Kind::usable && range.end.value() <= window_end)
            start = std::max(start, range.end.value());
    pci::Window window(align_up(start, 1_MiB), window_end);
    for (auto const& range : arch::boot_info().memory)
        window.take(range.start.value(), range.end - range.start);
    window.take(space.base.value(), (u64{space.last_bus} + 1) << 20);
    return window;
}

} // namespace

PciFunction::PciFunction(pci::Location location, Box<Registers> registers)
    : location_(location), configuration_(std::move(registers)) {}

Result<Box<Registers>> PciFunction::map_bar(u8 index, u64 offset, u64 size) {
    if (index >= pci::Bars::count)
        return fail(Errno::einval);
    pci::Bar const& bar = bars_.bar[index];
    if (bar.kind != pci::Bar::Kind::memory || size > bar.size || offset > bar.size - size)
        return fail(Errno::einval);
    if (bar.address == 0)
        return fail(Errno::enodev);
    return map_registers(PhysAddr(bar.address + offset), size);
}

/// Finds functions first, so that addresses in use are known before new ones are given out.
class PciBus {
public:
    explicit PciBus(arch::PciConfigurationSpace const& space) : space_(space) {}

    Result<void> scan(u8 bus) {
        if (bus < space_.first_bus || bus > space_.last_bus || seen_[bus])
            return {};
        seen_[bus] = true;
        for (u8 device = 0; device < 32; ++device) {
            bool const first = TRY(look({bus, device, 0}));
            if (!first || !several_)
                continue;
            for (u8 function = 1; function < 8; ++function)
                TRY(look({bus, device, function}));
        }
        return {};
    }

    void assign() {
        auto window = free_addresses(space_);
        for (auto const& function : found)
            for (auto const& bar : function->bars_.bar)
                if (bar.kind == pci::Bar::Kind::memory && bar.address != 0)
                    window.take(bar.address, bar.size);
        for (auto const& function : found)
            assign(*function, window);
    }

    Vector<Ref<PciFunction>> found;

private:
    /// Whether a function is there.
    Result<bool> look(pci::Location at) {
        u64 const offset = u64{at.bus} << 20 | u64{at.device} << 15 | u64{at.function} << 12;
        auto registers = TRY(map_registers(space_.base + offset, function_size));
        auto const function = make_ref<PciFunction>(at, std::move(registers));
        auto& configuration = function->configuration();
        if (pci::absent(configuration))
            return false;
        u8 const type = configuration.read8(pci::register_header_type);
        if (at.function == 0)
            several_ = (type & header_many_functions) != 0;
        if ((type & 0x7f) == header_type_bridge) {
            u8 const secondary = configuration.read8(pci::register_secondary_bus);
            bool const several = several_;
            if (secondary != 0)
                TRY(scan(secondary));
            several_ = several;
            return true;
        }
        function->bars_ = pci::probe_bars(configuration);
        found.push_back(function);
        return true;
    }

    static void assign(PciFunction& function, pci::Window& window) {
        auto& configuration = function.configuration();
        for (usize i = 0; i < pci::Bars::count; ++i) {
            pci::Bar& bar = function.bars_.bar[i];
            if (bar.kind != pci::Bar::Kind::memory || bar.address != 0)
                continue;
            auto const address = window.allocate(std::max<u64>(bar.size, page_size));
            if (!address) {
                klog::warn("PCI {:02x}:{:02x}.{}: no address for BAR {} of {} KiB",
                           function.location_.bus, function.location_.device,
                           function.location_.function, i, bar.size >> 10);
                continue;
            }
            pci::set_bar(configuration, i, bar, *address);
            bar.address = *address;
        }
        u16 const command = configuration.read16(pci::register_command);
        configuration.write16(pci::register_command, command | pci::command_memory);
    }

    arch::PciConfigurationSpace space_;
    bool seen_[256] = {};
    bool several_ = false;
};

Result<Vector<Ref<PciFunction>>> find_pci_functions() {
    auto const space = arch::pci_configuration_space();
    if (!space)
        return Vector<Ref<PciFunction>>();
    auto const bus = make<PciBus>(*space);
    TRY(bus->scan(space->first_bus));
    bus->assign();
    return std::move(bus->found);
}

} // namespace device
