// Runs of frames for devices, seen through the direct map.
#include "kernel/device/dma_memory.hpp"

#include "kernel/arch/api/page_table.hpp"
#include "kernel/mem/frames.hpp"

namespace device {

Result<DmaMemory> DmaMemory::allocate(usize size) {
    u32 order = 0;
    while (page_size << order < size)
        ++order;
    return DmaMemory(TRY(mem::allocate_run(order)), order);
}

DmaMemory::~DmaMemory() {
    if (start_ != PhysAddr())
        mem::free_run(start_, order_);
}

Bytes DmaMemory::bytes() const {
    return {pointer_to<std::byte>(arch::direct_map(start_)), size()};
}

} // namespace device
