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

/// A frame of a stack.
struct Step {
    unsigned number;       ///< 0 is the innermost
    u64 address;           ///< where the frame goes on
    Symbol symbol;         ///< its name lives as long as the visit
    unsigned repeated = 0; ///< not 0: so many frames more were at the address before
};

/// Visits the frames from `from` outwards; false when there are more than is worth showing.
/// Allocates nothing, takes no lock.
bool walk(unwind::Frame const& from, FunctionRef<void(Step const& step)> visit) noexcept;

/// One line per frame: "#3 0xffffffff80103a2c vfs::walk+0x4c". Allocates nothing, takes no lock.
void backtrace(unwind::Frame const& from, TextSink& sink) noexcept;

/// The frame that calls this.
unwind::Frame current_frame() noexcept;

} // namespace runtime
