// A running Linnet that faults are put into from outside: its registers, its memory, its progress.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace faults {

class Code;

using u64 = std::uint64_t;

/// The general registers in the order of gdb's protocol, then rip.
struct Registers {
    enum Number : unsigned { rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp, r8, rip = 16, count };

    std::array<u64, count> values{};
};

/// Bytes to put back before the invariants are looked at.
struct Repair {
    u64 address = 0;
    std::vector<std::byte> bytes;
};

/// What the kernel holds, by name: frames by use, heap objects by size. Exact, and read from
/// outside.
using Holdings = std::map<std::string, long>;

/// How a run of the work load ended, and what is left.
struct Ending {
    enum class Kind {
        finished, ///< load and check came to their end
        halted,   ///< the kernel stopped the machine, with a report
        crashed,  ///< the machine ended without one
        hung      ///< no end
    } kind = Kind::hung;
    std::string log;    ///< of the kernel, since restart()
    std::string load;   ///< what the load printed
    std::string check;  ///< what the same work printed afterwards
    Holdings held;      ///< after both
    std::string detail; ///< for people: where a hung machine was
};

/// One machine, used for one injection after another.
class Target {
public:
    Target() = default;
    Target(Target const&) = delete;
    virtual ~Target() = default;

    virtual std::string_view name() const = 0;
    virtual Code const& code() const = 0;
    /// Addresses of the kernel's instructions that the load runs, sorted. Runs it to find out, the
    /// first time.
    virtual std::vector<u64> const& executed() = 0;

    /// The state just before the load, the same each time.
    virtual void restart() = 0;
    /// Runs until the instruction at `address` is about to run for the `hits`th time from now.
    /// Returns how often it was: fewer when the load came to its end before.
    virtual unsigned reach(u64 address, unsigned hits) = 0;
    virtual Registers registers() = 0;
    virtual void set_register(unsigned number, u64 value) = 0;
    /// Runs one instruction, or what the CPU does when it cannot.
    virtual void step() = 0;
    /// False when the memory is not there.
    virtual bool read(u64 address, std::span<std::byte> into) = 0;
    virtual void write(u64 address, std::span<std::byte const> bytes) = 0;
    /// Whether a small object of the kernel's heap is there.
    virtual bool is_heap(u64 address) = 0;
    /// Whether the word can be the address of something of the kernel's.
    virtual bool is_pointer(u64 word) = 0;
    /// Lets the load run to its end; then repairs, does the same work again, and looks.
    virtual Ending finish(std::optional<Repair> const& repair) = 0;

    std::optional<u64> read_word(u64 address) {
        u64 word = 0;
        if (!read(address, std::as_writable_bytes(std::span(&word, 1))))
            return std::nullopt;
        return word;
    }
};

} // namespace faults
