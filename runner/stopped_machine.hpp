// A running machine, stopped for a look: its CPUs and its memory, by QEMU's gdb stub.
#pragma once

#include "libs/dwarf/reader.hpp"
#include "libs/unwind/registers.hpp"
#include "runner/gdb_client.hpp"

#include <csignal>
#include <unordered_map>
#include <vector>

namespace runner {

/// What of a CPU leads to its stacks.
struct CpuRegisters {
    unwind::Registers registers;
    std::uint64_t gs_base = 0;
    std::uint64_t other_gs_base = 0; ///< what SWAPGS would bring
    std::uint64_t page_table = 0;    ///< CR3
};

/// The machine stands from construction to destruction, whatever its kernel does, and then mostly
/// goes on. Signals that would end us wait meanwhile. Nothing in it is changed.
class StoppedMachine {
public:
    enum class After { goes_on, stays };

    /// Throws Failure when QEMU does not answer on this socket.
    StoppedMachine(std::string const& gdb_socket, After after);
    StoppedMachine(StoppedMachine const&) = delete;

    std::vector<CpuRegisters> const& cpus() const { return cpus_; }

    /// Null when there is no memory.
    std::byte const* physical_page(std::uint64_t number);

private:
    /// Holds back what the terminal and others send.
    class SignalsOff {
    public:
        SignalsOff();
        SignalsOff(SignalsOff const&) = delete;
        ~SignalsOff();

    private:
        sigset_t before_{};
    };

    /// Lets the machine go on, also when what follows here cannot be read.
    struct Stop {
        GdbClient& gdb;
        After after;

        ~Stop();
    };

    SignalsOff signals_off_;
    GdbClient gdb_;
    Stop stop_;
    std::vector<CpuRegisters> cpus_;
    std::unordered_map<std::uint64_t, std::vector<std::byte>> pages_; ///< empty: no memory
};

/// Virtual memory as one page table shows it. Memory of devices counts as absent, since reading it
/// could change them.
class GuestMemory final : public dwarf::Memory {
public:
    GuestMemory(StoppedMachine& machine, std::uint64_t page_table)
        : machine_(&machine), root_(page_table) {}

    bool read(u64 at, Bytes into) const noexcept override;

private:
    std::byte const* page(u64 at) const;

    StoppedMachine* machine_;
    std::uint64_t root_;
};

} // namespace runner
