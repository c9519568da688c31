// A process on which a debugger's hands are laid: breakpoints, registers, memory, by ptrace(2).
#pragma once

#include "tests/faults/target.hpp"

#include <sys/types.h>

namespace faults {

/// A child that asked to be traced and has stopped itself. Killed when this goes.
class Tracee {
public:
    explicit Tracee(pid_t process);
    Tracee(Tracee const&) = delete;
    ~Tracee();

    struct Event {
        enum class Kind { stopped, exited, killed } kind = Kind::stopped;
        int number = 0; ///< the signal, or the exit code
    };

    /// Goes on to the next signal, or to its end. A signal that stopped it before is delivered
    /// unless it was swallowed.
    Event run();
    /// Likewise, by one instruction.
    Event step();

    /// What the last event brought does not reach the process.
    void swallow() { pending_ = 0; }

    Registers registers() const;
    void set_registers(Registers const& registers);

    /// False when the memory is not there.
    bool read(u64 address, std::span<std::byte> into) const;
    /// Also where the process itself may not write.
    void write(u64 address, std::span<std::byte const> bytes);

private:
    Event resume(int request);
    Event wait();

    pid_t process_;
    int memory_ = -1;
    int pending_ = 0;
    bool alive_ = true;
};

} // namespace faults
