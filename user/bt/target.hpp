// What bt looks at: a process that is held still, or a core dump.
#pragma once

#include "libs/base/box.hpp"
#include "libs/dwarf/reader.hpp"
#include "libs/inspect/core_reader.hpp"

namespace bt {

/// Threads, memory and mapped files.
class Target {
public:
    Target() = default;
    Target(Target const&) = delete;
    Target& operator=(Target const&) = delete;
    virtual ~Target() = default;

    virtual dwarf::Memory const& memory() const = 0;

    inspect::Core const& what() const { return what_; }

protected:
    inspect::Core what_;
};

/// Errors: those of open(2), and of inspect::read_core().
Result<Box<Target>> open_core(std::string_view path);

/// Stops the process while the target lives. ESRCH, EPERM.
Result<Box<Target>> open_process(i32 process);

} // namespace bt
