// Two heaps in one process: what runs as the kernel allocates from the kernel's.
#pragma once

namespace faults::host {

/// Until then everything comes from the C library.
void use_kernel_heap() noexcept;

} // namespace faults::host
