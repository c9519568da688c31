// The Intel MultiProcessor table (specification 1.4): CPUs and interrupt wiring where there is no
// ACPI, as on QEMU's `microvm,acpi=off`.
#pragma once

#include "libs/platform/interrupt_topology.hpp"
#include "libs/platform/physical_memory.hpp"

#include <expected>

namespace platform::mp_table {

/// Finds the table where firmware may leave it (chapter 4) and reads it. Allocates nothing.
std::expected<InterruptTopology, Problem> read(PhysicalMemory const& memory);

} // namespace platform::mp_table
