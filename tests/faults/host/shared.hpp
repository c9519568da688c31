// What a kernel in a host process and the campaign that puts faults into it share: memory, and a
// socket.
//
// The process stands just before the load. For each byte on the socket it makes a copy of itself,
// which becomes a child of the campaign's, and answers with its process id. The copy stops itself
// (SIGSTOP) before the load and behind it, and ends.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace faults::host {

/// What a copy says; longer texts are cut.
template <std::uint32_t limit>
struct Text {
    std::uint32_t size;
    char bytes[limit];

    void add(std::string_view text) {
        auto const count = text.size() < limit - size ? text.size() : limit - size;
        std::copy_n(text.begin(), count, bytes + size);
        size += static_cast<std::uint32_t>(count);
    }

    std::string_view view() const { return {bytes, size < limit ? size : limit}; }
};

struct Shared {
    static constexpr unsigned most_held = 64;

    /// The arena that stands for physical memory; its first byte is physical address 0.
    std::uint64_t arena;
    std::uint64_t arena_size;

    Text<1 << 20> log;
    Text<1 << 18> load;
    Text<1 << 18> check;
    unsigned held_count;

    struct Held {
        char name[32];
        long count;
    } held[most_held];
};

/// How a copy ends: else a signal ends it.
enum : int { exit_finished = 0, exit_halted = 3 };

/// CPU time of a copy; one that uses it up hangs, gets SIGPROF, and hands over its log.
inline constexpr int longest_run_ms = 2000;
/// Seconds on the clock: one that waits for itself is ended by SIGALRM.
inline constexpr unsigned longest_wait_s = 60;

} // namespace faults::host
