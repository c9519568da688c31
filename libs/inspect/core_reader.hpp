// Reads ELF core dumps as Linux and Linnet write them; what is damaged gives an error or is left
// out.
#pragma once

#include "libs/base/memory.hpp"
#include "libs/base/result.hpp"
#include "libs/base/vector.hpp"
#include "libs/inspect/mapping.hpp"
#include "libs/unwind/registers.hpp"

#include <span>
#include <string_view>

namespace inspect {

struct CoreThread {
    i32 id = 0;
    i32 signal = 0; ///< 0: it was hit by none
    unwind::Registers registers;
};

/// Memory that the dump has.
struct CoreMemory {
    u64 start = 0;
    ConstBytes bytes;
};

/// Views into the file, which must outlive it.
struct Core {
    std::string_view program; ///< its name, at most 15 characters
    i32 process = 0;
    Vector<CoreThread> threads; ///< at least one; first the one that the signal hit
    Vector<Mapping> mappings;   ///< of files, in ascending order
    Vector<CoreMemory> memory;  ///< in ascending order
};

/// Those of struct user_regs_struct, as dumps and ptrace(2) have it.
unwind::Registers registers_of(std::span<u64 const, 27> words);

/// ENOEXEC: no core dump of an x86-64 program; EINVAL: a damaged one.
Result<Core> read_core(ConstBytes file);

} // namespace inspect
