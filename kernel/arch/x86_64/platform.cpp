// Finds out which CPUs, interrupt controllers and power registers the machine has.
#include "kernel/arch/x86_64/platform.hpp"

#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/x86_64/early_memory.hpp"
#include "kernel/arch/x86_64/local_apic.hpp"
#include "kernel/log/log.hpp"
#include "libs/platform/mp_table.hpp"

namespace arch {
namespace {

constinit platform::InterruptTopology topology{};
constinit std::optional<platform::acpi::Fadt> fadt{};

/// Tables may lie in reserved memory next to RAM, which the direct map leaves out until asked.
class FirmwareMemory final : public platform::PhysicalMemory {
public:
    bool read(PhysAddr at, Bytes into) const override {
        if (!in_direct_map(at, into.size()) && !extend_direct_map(at, into.size()))
            return false;
        copy_bytes(into, {pointer_to<std::byte const>(direct_map(at)), into.size()});
        return true;
    }
};

constinit FirmwareMemory const memory;

void read_acpi(platform::acpi::Root const& root) {
    using namespace platform::acpi;
    if (auto const table = find_table(memory, root, "APIC")) {
        if (auto const madt = parse_madt(memory, *table))
            topology = *madt;
        else
            klog::warn("ACPI: {}", madt.error().cause);
    }
    if (auto const table = find_table(memory, root, "FACP")) {
        if (auto const parsed = parse_fadt(memory, *table))
            fadt = *parsed;
        else
            klog::warn("ACPI: {}", parsed.error().cause);
    }
}

} // namespace

platform::PhysicalMemory const& firmware_memory() {
    return memory;
}

void read_platform_tables() {
    if (auto const root = platform::acpi::find_root(memory, loader_root_pointer()))
        read_acpi(*root);
    if (topology.cpus.empty()) {
        if (auto const table = platform::mp_table::read(memory))
            topology = *table;
        else
            klog::warn("no table of CPUs and interrupts: {}", table.error().cause);
    }
    if (topology.left_out != 0)
        klog::warn("{} entries of the interrupt tables do not fit", topology.left_out);
}

platform::InterruptTopology const& interrupt_topology() {
    return topology;
}

std::optional<platform::acpi::Fadt> const& power_registers() {
    return fadt;
}

} // namespace arch
