// The gdb remote protocol, as far as faults need it.
#pragma once

#include "runner/os.hpp"
#include "tests/faults/target.hpp"

#include <chrono>
#include <string_view>

namespace faults {

/// A connection to a gdb stub. Throws Failure when the stub is gone.
class GdbClient {
public:
    explicit GdbClient(runner::Descriptor socket);

    /// Sends a command and waits for its answer.
    std::string ask(std::string_view command);
    /// The two halves of ask(), for commands that let the machine run. wait() gives nothing when
    /// the time is over.
    void send(std::string_view command);
    std::optional<std::string> wait(std::chrono::milliseconds limit);
    /// Asks a running machine to stop; the answer comes by wait().
    void interrupt();

    Registers registers();
    void set_register(unsigned number, u64 value);
    bool read(u64 address, std::span<std::byte> into);
    void write(u64 address, std::span<std::byte const> bytes);
    void set_breakpoint(u64 address);
    void remove_breakpoint(u64 address);

private:
    std::optional<std::string> take_packet();

    runner::Descriptor socket_;
    std::string received_;
};

/// "$command#checksum"
std::string gdb_packet(std::string_view command);

} // namespace faults
