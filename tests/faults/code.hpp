// The kernel's machine code: what an instruction does, and where checks can fail.
#pragma once

#include "libs/unwind/step.hpp"
#include "tests/faults/target.hpp"

#include <memory>
#include <string_view>
#include <unordered_map>

class Decoder;

namespace faults {

/// A memory operand that the instruction really reads or writes.
struct MemoryOperand {
    int base = -1;  ///< number in Registers; -1: none
    int index = -1; ///< likewise
    int scale = 1;
    std::int64_t displacement = 0;
    bool reads = false;
    unsigned size = 0; ///< bytes

    u64 address(Registers const& registers) const;
};

struct Instruction {
    unsigned size = 0;
    bool transfers = false;              ///< jumps, calls or returns: what follows need not be next
    std::optional<MemoryOperand> memory; ///< without operands on the stack or relative to gs
};

/// A conditional jump that an ensure() ends in.
struct Check {
    u64 jump = 0;
    u64 failing = 0; ///< where it goes on when the check fails
};

/// One ELF file's functions, and its sections of code.
class Code {
public:
    explicit Code(std::string const& elf_file);
    ~Code();

    Instruction at(u64 address) const;
    std::span<std::byte const> bytes(u64 address, std::size_t size) const;

    /// Every check whose failing side does nothing but call panic(), by the jump's address.
    std::map<u64, Check> const& checks() const { return checks_; }

    /// Where each function begins and ends, sorted.
    std::vector<std::pair<u64, u64>> functions() const;
    /// Of the function that the address lies in, demangled; empty when there is none.
    std::string_view function(u64 address) const;
    /// "function+offset"
    std::string name(u64 address) const;
    /// The symbol that begins with `name`. Throws Failure when there is none.
    u64 symbol(std::string_view name) const;

    /// With its tables of frames, for unwind::step().
    unwind::Module const& module() const { return module_; }

private:
    void find_checks();
    std::optional<u64> failing_side(u64 from, u64 panic) const;

    std::map<u64, std::string> text_;   ///< content of sections, by their addresses
    std::map<u64, std::string> frames_; ///< of those that module_ refers to
    unwind::Module module_;
    std::map<u64, std::string> functions_;
    std::map<std::string, u64, std::less<>> symbols_;
    std::map<u64, Check> checks_;
    std::unique_ptr<Decoder> decoder_;
};

} // namespace faults
