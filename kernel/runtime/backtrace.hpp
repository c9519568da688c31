// Stacks as text.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/format.hpp"
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

/// One line per frame: "#3 0xffffffff80103a2c vfs::walk+0x4c". Allocates nothing, takes no lock.
void backtrace(unwind::Frame const& from, TextSink& sink) noexcept;

/// The frame that calls this.
unwind::Frame current_frame() noexcept;

} // namespace runtime
