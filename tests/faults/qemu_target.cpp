// The shipped kernel in QEMU, with a load of shell scripts.
#include "tests/faults/qemu_target.hpp"

#include "runner/failure.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>

#include <fmt/format.h>

namespace faults {
namespace {

using namespace std::chrono_literals;

// QEMU's CPU time, so that a busy host makes no machine look hung. The load takes about 0.2 s.
constexpr auto longest_run = 4000ms;
constexpr auto glance = 100ms;
// Only when it uses none for so many glances in a row is it still: it may just wait for the host.
constexpr unsigned still_glances = 20;

constexpr unsigned breakpoint_signal = 5;

// kernel/arch/x86_64/layout.hpp
constexpr u64 direct_map = 0xffff'8000'0000'0000;
constexpr u64 image = 0xffff'ffff'8000'0000;

// What the scripts tell, one after the other (guest/init). A shell also sets the mask it had.
constexpr u64 first_mask = 0701;

} // namespace

QemuTarget::QemuTarget(MachineSetup const& setup)
    : setup_(setup),
      code_(setup.kernel),
      marker_(code_.symbol("sys::umask(")),
      halt_(code_.symbol("arch::exit_emulator(")),
      idle_(code_.symbol("arch::wait_for_interrupt()")) {
    boot();
}

/// Up to the snapshot, which is where the first script says that the load begins.
void QemuTarget::boot() {
    stage_ = 0;
    machine_.reset();
    machine_ = std::make_unique<QemuMachine>(setup_);
    machine_->gdb().set_breakpoint(marker_);
    machine_->gdb().set_breakpoint(halt_);
    if (run() != Stop::load_begins)
        throw runner::Failure(fmt::format("the load does not begin:\n{}", machine_->log()));
    machine_->monitor("savevm start");
    log_start_ = machine_->log().size();
    console_start_ = machine_->console().size();
    broken_ = false;
}

void QemuTarget::restart() {
    if (broken_)
        boot();
    machine_->monitor("loadvm start");
    log_start_ = machine_->log().size();
    console_start_ = machine_->console().size();
    at_marker_ = true;
    stage_ = 1;
}

/// QEMU writes down the blocks that it translates, which are those that run.
void QemuTarget::find_executed() {
    restart();
    auto const file = machine_->directory() + "/executed";
    machine_->monitor("logfile " + file);
    machine_->monitor("log in_asm");
    auto const stop = run();
    machine_->monitor("log none");
    if (stop != Stop::load_ends)
        throw runner::Failure(
            fmt::format("the load does not end:\n{}", machine_->console() + machine_->log()));
    std::set<u64> seen;
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("0x"))
            if (u64 const address = std::stoull(line, nullptr, 16);
                !code_.bytes(address, 1).empty())
                seen.insert(address);
    executed_.assign(seen.begin(), seen.end());
}

void QemuTarget::step_over(u64 breakpoint) {
    machine_->gdb().remove_breakpoint(breakpoint);
    machine_->gdb().ask("s");
    machine_->gdb().set_breakpoint(breakpoint);
}

/// Lets the machine run until something is to be told.
QemuTarget::Stop QemuTarget::run() {
    auto& gdb = machine_->gdb();
    auto const start = machine_->used();
    for (;;) {
        if (std::exchange(at_marker_, false))
            step_over(marker_);
        gdb.send("c");
        std::optional<std::string> answer;
        bool interrupted = false;
        auto last = machine_->used();
        unsigned still = 0;
        while (!(answer = gdb.wait(glance))) {
            auto const now = machine_->used();
            still = now - last < 2ms ? still + 1 : 0;
            if (!interrupted && (still == still_glances || now - start > longest_run)) {
                gdb.interrupt();
                interrupted = true;
            }
            last = now;
        }
        if (answer->starts_with("T02")) {
            bool const idle = code_.name(gdb.registers().values[Registers::rip])
                                  .starts_with("arch::wait_for_interrupt");
            if (idle || machine_->used() - start > longest_run)
                return Stop::hung;
            continue; // the host was busy
        }
        auto const stop = judge_stop(*answer);
        if (stop != Stop::breakpoint || !at_marker_)
            return stop;
    }
}

QemuTarget::Stop QemuTarget::judge_stop(std::string const& answer) {
    if (answer.size() < 3 || std::stoul(answer.substr(1, 2), nullptr, 16) != breakpoint_signal) {
        broken_ = true;
        return Stop::crashed;
    }
    auto const registers = machine_->gdb().registers();
    u64 const at = registers.values[Registers::rip];
    if (at == halt_)
        return Stop::halted;
    at_marker_ = at == marker_;
    if (at_marker_ && stage_ < std::size(stops) &&
        registers.values[Registers::rsi] == first_mask + stage_)
        return stops[stage_++];
    return Stop::breakpoint;
}

unsigned QemuTarget::reach(u64 address, unsigned hits) {
    auto& gdb = machine_->gdb();
    unsigned seen = 0;
    gdb.set_breakpoint(address);
    while (run() == Stop::breakpoint && ++seen < hits)
        step_over(address);
    gdb.remove_breakpoint(address);
    return seen;
}

Registers QemuTarget::registers() {
    return machine_->gdb().registers();
}

void QemuTarget::set_register(unsigned number, u64 value) {
    machine_->gdb().set_register(number, value);
}

void QemuTarget::step() {
    machine_->gdb().ask("s");
}

bool QemuTarget::read(u64 address, std::span<std::byte> into) {
    return machine_->gdb().read(address, into);
}

void QemuTarget::write(u64 address, std::span<std::byte const> bytes) {
    machine_->gdb().write(address, bytes);
}

PhysicalMemory QemuTarget::memory() const {
    auto const bytes = machine_->memory();
    auto const word = [bytes](u64 address) {
        u64 value = 0;
        if (address >= direct_map && address - direct_map <= bytes.size() - sizeof value)
            std::memcpy(&value, bytes.data() + (address - direct_map), sizeof value);
        return value;
    };
    return {word, direct_map, bytes.size()};
}

u64 QemuTarget::directory() const {
    return memory().word(code_.symbol("mem::sections::directory") - image + direct_map);
}

bool QemuTarget::is_heap(u64 address) {
    return in_slab(memory(), directory(), address);
}

bool QemuTarget::is_pointer(u64 word) {
    constexpr u64 top = 0xffff'8000'0000'0000;
    return (word & top) == top && word < u64{0} - 4096;
}

Ending QemuTarget::finish(std::optional<Repair> const& repair) {
    Ending ending;
    auto stop = run();
    auto const load_end = machine_->console().size();
    if (stop == Stop::load_ends) {
        if (repair)
            machine_->gdb().write(repair->address, repair->bytes);
        stop = run();
    }
    using enum Ending::Kind;
    ending.kind = stop == Stop::check_ends ? finished
                  : stop == Stop::halted   ? halted
                  : stop == Stop::crashed  ? crashed
                                           : hung;
    auto const console = machine_->console();
    ending.load = console.substr(console_start_, load_end - console_start_);
    ending.check = console.substr(load_end);
    ending.log = machine_->log().substr(log_start_);
    if (ending.kind == finished)
        ending.held = holdings(memory(), directory());
    if (ending.kind == hung)
        ending.detail = code_.name(registers().values[Registers::rip]);
    if (auto const at = ending.log.rfind("kernel panic: "); at != std::string::npos)
        ending.detail = ending.log.substr(at, ending.log.find('\r', at) - at);
    return ending;
}

} // namespace faults
