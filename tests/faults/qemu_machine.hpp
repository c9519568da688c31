// One QEMU that stands at a snapshot: monitor, gdb stub, the guest's memory, and what it wrote.
#pragma once

#include "tests/faults/gdb_client.hpp"

#include <chrono>
#include <cstdio>
#include <memory>

namespace faults {

/// What it is started with.
struct MachineSetup {
    std::string kernel;
    std::string initramfs; ///< content
    std::string words;     ///< for the kernel's command line
};

/// One CPU whose clock counts its instructions, so that equal runs are equal. The machine waits
/// before its first instruction.
class QemuMachine {
public:
    static constexpr u64 memory_bytes = u64{64} << 20;

    explicit QemuMachine(MachineSetup const& setup);
    QemuMachine(QemuMachine const&) = delete;
    ~QemuMachine();

    GdbClient& gdb() { return *gdb_; }

    /// A line to QEMU's monitor; throws Failure when it complains.
    void monitor(std::string const& line);

    /// The guest's memory by physical address.
    std::span<std::byte const> memory() const { return {memory_, memory_bytes}; }

    /// What the guest wrote since it was started.
    std::string console() const;
    std::string log() const;
    std::string report() const; ///< the kernel's records for the runner

    /// CPU time that QEMU has used.
    std::chrono::milliseconds used() const;

    std::string const& directory() const { return directory_.path(); }

private:
    std::string answer();

    runner::TemporaryDirectory directory_;
    runner::Descriptor ram_;
    std::byte* memory_ = nullptr;
    runner::Descriptor initramfs_;
    runner::Child qemu_;
    runner::Descriptor monitor_;
    std::string received_;
    std::unique_ptr<GdbClient> gdb_;
};

} // namespace faults
