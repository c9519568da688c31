// Fuzzes a split virtqueue against a device that writes anything anywhere it may.
#include "libs/virtqueue/split_queue.hpp"

#include <cstdlib>
#include <cstring>

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    constexpr u16 queue_size = 8;
    alignas(16) std::byte memory[1024] = {};
    virtio::SplitQueue queue(memory, PhysAddr(0x1000), queue_size);
    auto const layout = virtio::SplitQueue::layout(queue_size);
    virtio::Buffer const buffers[] = {{PhysAddr(0x1000), 10}, {PhysAddr(0x2000), 20}};
    usize in_flight = 0;
    for (usize i = 0; i + 1 < size; i += 2) {
        switch (data[i] % 4) {
        case 0:
            if (queue.add({buffers, 1u}, {buffers, data[i + 1] % 3u}, i))
                ++in_flight;
            break;
        case 1:
            if (auto const done = queue.take()) {
                if (in_flight-- == 0 || done->written > 30)
                    std::abort();
            }
            break;
        default: { // the device: a byte in the used ring
            usize const ring = layout.total - layout.used;
            memory[layout.used + (data[i] / 4u) % ring] = static_cast<std::byte>(data[i + 1]);
        }
        }
    }
    if (queue.free_descriptors() > queue_size)
        std::abort();
    return 0;
}
