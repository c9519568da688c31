// What firmware tables say about this machine, kept for all of arch.
#pragma once

#include "libs/base/result.hpp"
#include "libs/platform/acpi.hpp"
#include "libs/platform/interrupt_topology.hpp"

#include <optional>

namespace arch {

/// Reads ACPI's tables, or the MP table where there are none; once, on the boot CPU.
void read_platform_tables();
platform::InterruptTopology const& interrupt_topology();
std::optional<platform::acpi::Fadt> const& power_registers();

/// Maps and masks all interrupt controllers.
Result<void> start_interrupt_controllers();

/// Physical memory as the table parsers read it.
platform::PhysicalMemory const& firmware_memory();

} // namespace arch
