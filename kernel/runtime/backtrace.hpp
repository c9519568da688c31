// Stacks as text.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/format.hpp"
#include "libs/base/function_ref.hpp"
#include "libs/unwind/registers.hpp"

#include <span>
#include <string_view>

namespace runtime {

/// A function of the kernel, and how far into it an address lies.
struct Symbol {
    std::string_view name; ///< empty when the address is in no function
    u64 offset = 0;
};

/// `buffer` holds the name.
Symbol symbolise(VirtAddr at, std::span<char> buffer) noexcept;

/// A line of the kernel's source, in a function.
struct SourceLine {
    std::string_view function; ///< of one that was inlined; empty for the one that has the code
    std::string_view file;     ///< from the root of the repository
    u32 line = 0;              ///< 0: not known
};

/// Visits what the image's table of lines says of an instruction, innermost first; the last is the
/// function that the others were inlined into. The texts live as long as the visit.
void source_lines(VirtAddr instruction, FunctionRef<void(SourceLine const&)> visit) noexcept;

/// A frame of a stack.
struct Step {
    unsigned number;       ///< 0 is the innermost
    u64 address;           ///< where the frame goes on
    VirtAddr instruction;  ///< what it executes: the call before that, or what was interrupted
    Symbol symbol;         ///< its name lives as long as the visit
    unsigned repeated = 0; ///< not 0: so many frames more were at the address before
    bool user = false; ///< of a program: `symbol` is its image, and the offset an address in that
};

/// What happens when a program's memory is not there: `fetch` may sleep.
enum class Absent : u8 { fail, fetch };

/// Visits the frames from `from` outwards, and those of the running program behind a system call or
/// a trap of it; false when there are more than is worth showing. Allocates nothing, takes no lock.
bool walk(unwind::Frame const& from, FunctionRef<void(Step const& step)> visit,
          Absent absent = Absent::fail) noexcept;

/// One line per frame, with lines of the functions inlined into it before it:
///
///           vfs::step  kernel/vfs/walk.cpp:120
///     #3 0xffffffff80103a2c vfs::walk+0x4c  kernel/vfs/walk.cpp:88
///     #9 0x00007f3e5d22a1b4 libc.so.6+0x1271b4
///
/// Allocates nothing, takes no lock.
void backtrace(unwind::Frame const& from, TextSink& sink, Absent absent = Absent::fail) noexcept;

/// The frame that calls this.
unwind::Frame current_frame() noexcept;

} // namespace runtime
