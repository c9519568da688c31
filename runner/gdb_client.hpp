// The gdb remote protocol, spoken to QEMU.
#pragma once

#include "runner/os.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runner {

/// A connection to a gdb stub. The machine stands while it lasts, unless it is told to go on.
/// Throws Failure when the stub is gone or does not answer.
class GdbClient {
public:
    explicit GdbClient(Descriptor socket,
                       std::chrono::milliseconds patience = std::chrono::seconds(60));

    /// Sends a command and waits for its answer.
    std::string ask(std::string_view command);
    /// The two halves of ask(), for commands that let the machine run. wait() gives nothing when
    /// the time is over.
    void send(std::string_view command);
    std::optional<std::string> wait(std::chrono::milliseconds limit);
    /// Asks a running machine to stop; the answer comes by wait().
    void interrupt();

    /// The stub's names of the CPUs.
    std::vector<std::string> cpus();
    /// Whose registers and memory are meant from now on.
    void select(std::string const& cpu);
    /// The bytes of all registers in gdb's order.
    std::vector<std::byte> register_bytes();
    bool read(std::uint64_t address, std::span<std::byte> into);
    void write(std::uint64_t address, std::span<std::byte const> bytes);

private:
    std::optional<std::string> take_packet();

    Descriptor socket_;
    std::chrono::milliseconds patience_;
    std::string received_;
};

/// "$command#checksum"
std::string gdb_packet(std::string_view command);

/// Two digits a byte.
std::string to_hex(std::span<std::byte const> bytes);

/// Connects to a unix socket; an empty descriptor when nobody listens there.
Descriptor connect_to(std::string const& path);

} // namespace runner
