// Readiness bits and structs of poll(2), select(2) and epoll(7).
#pragma once

#include <cstdint>

namespace uapi {

enum class Poll : std::uint32_t {
    in = 0x001,
    priority = 0x002,
    out = 0x004,
    error = 0x008,
    hang_up = 0x010,
    invalid = 0x020,
    read_normal = 0x040,
    read_band = 0x080,
    write_normal = 0x100,
    write_band = 0x200,
    message = 0x400,
    read_hang_up = 0x2000,
};

struct pollfd {
    std::int32_t fd;
    std::int16_t events;
    std::int16_t results;
};

/// Packed on x86-64: 12 bytes.
struct __attribute__((packed)) epoll_event {
    std::uint32_t events;
    std::uint64_t data;
};

static_assert(sizeof(epoll_event) == 12);

inline constexpr std::uint32_t epoll_exclusive = 1u << 28, epoll_wakeup = 1u << 29,
                               epoll_oneshot = 1u << 30, epoll_edge_triggered = 1u << 31;
inline constexpr int epoll_ctl_add = 1, epoll_ctl_del = 2, epoll_ctl_mod = 3;

} // namespace uapi
