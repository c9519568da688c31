// A machine for the log's tests.
#include "kernel/log/machine_test.hpp"

#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/log/log.hpp"

#include <algorithm>
#include <thread>
#include <utility>

using namespace log_machine;

namespace arch {

void early_write(std::string_view text) {
    if (this_cpu == stuck_cpu) {
        is_stuck = true;
        while (!let_go)
            std::this_thread::yield();
        return;
    }
    console += text;
    if (reentry != nullptr) {
        auto const text_inside = std::exchange(reentry, nullptr);
        klog::info("{}", *text_inside);
    }
}

void report_write(std::string_view) {}

bool open_log_port() {
    return true;
}

/// In pieces, as a FIFO does.
std::size_t log_port_write(std::string_view bytes) {
    usize const count = std::min({bytes.size(), port_room.load(), usize{16}});
    port += bytes.substr(0, count);
    if (port_room != ~usize{0})
        port_room -= count;
    return count;
}

void log_port_notify(bool wanted) {
    port_interrupts = wanted;
}

usize cpu_index() {
    return this_cpu;
}

/// Yields now and then only: on a busy host each yield may cost a time slice.
void relax() {
    thread_local unsigned turns = 0;
    if (++turns % 1024 == 0)
        std::this_thread::yield();
}

bool interrupts_enabled() {
    return true;
}

void disable_interrupts() {}

void enable_interrupts() {}

Nanoseconds now() {
    return Nanoseconds(1'234'567'890);
}

} // namespace arch
