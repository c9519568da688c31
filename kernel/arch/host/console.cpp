// Console, report channel, power and randomness of the host machine.
#include "kernel/arch/api/console.hpp"

#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/random.hpp"
#include "kernel/arch/host/machine.hpp"

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

namespace host {
namespace {

struct Output {
    std::mutex lock;
    std::string console;
    std::string reports;
};

Output& output() {
    static Output the_output;
    return the_output;
}

} // namespace

std::string take_console() {
    std::scoped_lock const lock(output().lock);
    return std::exchange(output().console, {});
}

std::string take_reports() {
    std::scoped_lock const lock(output().lock);
    return std::exchange(output().reports, {});
}

} // namespace host

namespace arch {

void early_write(std::string_view text) {
    host::MachineWork const work;
    std::scoped_lock const lock(host::output().lock);
    host::output().console.append(text);
}

bool open_log_port() {
    return false;
}

std::size_t log_port_write(std::string_view bytes) {
    return bytes.size();
}

void log_port_notify(bool) {}

bool log_port_interrupted() {
    return false;
}

void report_write(std::string_view line) {
    host::MachineWork const work;
    std::scoped_lock const lock(host::output().lock);
    host::output().reports.append(line).append("\n");
}

void exit_emulator(u8) {}

void power_off() {
    std::exit(0);
}

void reboot() {
    std::exit(0);
}

void halt() {
    std::fputs(host::take_console().c_str(), stderr);
    std::abort();
}

void stop_other_cpus() {}

CaughtCpu const* stopped_cpu(usize) {
    return nullptr;
}

CaughtCpu const* hold_cpu(usize) {
    return nullptr;
}

void let_go_of_cpu(usize) {}

std::optional<u64> hardware_random() {
    static std::mutex lock;
    static u64 state = 0x9e37'79b9'7f4a'7c15; // always the same, so that a failure repeats
    std::scoped_lock const hold(lock);
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

} // namespace arch
