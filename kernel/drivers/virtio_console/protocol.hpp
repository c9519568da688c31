// Messages of the multiport console device (virtio 1.2, 5.3).
#pragma once

#include "libs/base/types.hpp"

namespace virtio_console {

inline constexpr u32 virtio_id = 3;

inline constexpr u64 feature_size = u64{1} << 0;
inline constexpr u64 feature_multiport = u64{1} << 1;

// 5.3.4: the configuration structure.
inline constexpr usize configuration_most_ports = 4;

/// 5.3.6.2. A name or a size may follow.
struct ControlMessage {
    u32 port;
    u16 event;
    u16 value;
};

static_assert(sizeof(ControlMessage) == 8);

enum Event : u16 {
    device_ready = 0, ///< driver: tell me of the ports
    port_add = 1,
    port_remove = 2,
    port_ready = 3, ///< driver: port_add was understood
    console_port = 4,
    resize = 5,
    port_open = 6, ///< either side
    port_name = 7,
};

struct ConsoleSize {
    u16 columns;
    u16 rows;
};

/// 5.3.2: queues 0 and 1 are port 0's, 2 and 3 carry control messages.
constexpr u16 receive_queue(u32 port) {
    return static_cast<u16>(port == 0 ? 0 : 2 * port + 2);
}

constexpr u16 transmit_queue(u32 port) {
    return static_cast<u16>(receive_queue(port) + 1);
}

inline constexpr u16 control_receive_queue = 2;
inline constexpr u16 control_transmit_queue = 3;

} // namespace virtio_console
