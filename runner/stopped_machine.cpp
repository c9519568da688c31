// A running machine, stopped for a look: its CPUs and its memory, by QEMU's gdb stub.
#include "runner/stopped_machine.hpp"

#include "runner/failure.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace runner {
namespace {

constexpr auto patience = std::chrono::seconds(10); ///< for a QEMU that another debugger has
constexpr std::uint64_t page_size = 4096;
constexpr std::uint64_t piece = 2048; ///< the most that QEMU's stub reads at once

/// How QEMU's stub orders the registers (target/i386/gdbstub.c).
constexpr std::size_t gs_base_at = 17 * 8 + 7 * 4 + 8;
constexpr std::size_t page_table_at = gs_base_at + 4 * 8; // behind k_gs_base, cr0, cr2

CpuRegisters decode(std::vector<std::byte> const& bytes) {
    if (bytes.size() < page_table_at + 8)
        throw Failure("QEMU's gdb stub gives too few registers");
    auto const word = [&](std::size_t at) {
        std::uint64_t value = 0;
        std::memcpy(&value, bytes.data() + at, sizeof value);
        return value;
    };
    CpuRegisters cpu;
    using enum unwind::Register;
    constexpr unwind::Register order[] = {rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp, r8,
                                          r9,  r10, r11, r12, r13, r14, r15, rip};
    for (std::size_t i = 0; i < std::size(order); ++i)
        cpu.registers[order[i]] = word(8 * i);
    cpu.gs_base = word(gs_base_at);
    cpu.other_gs_base = word(gs_base_at + 8);
    cpu.page_table = word(page_table_at);
    return cpu;
}

Descriptor connected(std::string const& path) {
    auto socket = connect_to(path);
    if (!socket)
        throw Failure(fmt::format("the machine behind {} is gone", path));
    return socket;
}

} // namespace

StoppedMachine::SignalsOff::SignalsOff() {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before_);
}

StoppedMachine::SignalsOff::~SignalsOff() {
    sigprocmask(SIG_SETMASK, &before_, nullptr);
}

StoppedMachine::StoppedMachine(std::string const& gdb_socket, After after)
    : gdb_(connected(gdb_socket), patience), stop_{gdb_, after} {
    for (auto const& cpu : gdb_.cpus()) {
        gdb_.select(cpu);
        cpus_.push_back(decode(gdb_.register_bytes()));
    }
    if (gdb_.ask("Qqemu.PhyMemMode:1") != "OK")
        throw Failure("this QEMU does not show the memory of its machine");
}

StoppedMachine::Stop::~Stop() {
    try {
        gdb.ask("Qqemu.PhyMemMode:0");
        if (after == After::goes_on)
            gdb.ask("D");
    } catch (Failure const&) {
        // It has ended meanwhile.
    }
}

std::byte const* StoppedMachine::physical_page(std::uint64_t number) {
    auto [known, is_new] = pages_.try_emplace(number, page_size);
    auto& bytes = known->second;
    for (std::uint64_t at = 0; is_new && at < page_size && !bytes.empty(); at += piece)
        if (!gdb_.read(number * page_size + at, std::span(bytes).subspan(at, piece)))
            bytes.clear();
    return bytes.empty() ? nullptr : bytes.data();
}

/// The page with a virtual address (Intel SDM volume 3, 4.5.4).
std::byte const* GuestMemory::page(u64 at) const {
    constexpr u64 present = 1 << 0;
    constexpr u64 uncached = 1 << 4;
    constexpr u64 large = 1 << 7;
    constexpr u64 address = 0x000f'ffff'ffff'f000;
    u64 entry = root_;
    for (unsigned shift = 39;; shift -= 9) {
        auto const* const table = machine_->physical_page((entry & address) / page_size);
        if (table == nullptr)
            return nullptr;
        std::memcpy(&entry, table + (at >> shift & 511) * sizeof entry, sizeof entry);
        if ((entry & present) == 0)
            return nullptr;
        bool const is_page = shift == 12 || (shift <= 30 && (entry & large) != 0);
        if (!is_page)
            continue;
        if ((entry & uncached) != 0)
            return nullptr;
        u64 const inside = at & ((u64{1} << shift) - 1);
        return machine_->physical_page(((entry & address & ~((u64{1} << shift) - 1)) + inside) /
                                       page_size);
    }
}

bool GuestMemory::read(u64 at, Bytes into) const noexcept try {
    while (!into.empty()) {
        auto const* const from = page(at);
        if (from == nullptr)
            return false;
        u64 const inside = at % page_size;
        auto const size = std::min<std::size_t>(into.size(), page_size - inside);
        std::memcpy(into.data(), from + inside, size);
        into = into.subspan(size);
        at += size;
    }
    return true;
} catch (Failure const&) {

    return false; // QEMU has ended
}

} // namespace runner
