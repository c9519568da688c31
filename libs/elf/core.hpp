// The front of an ELF core dump: headers and notes, in the order in which Linux writes them.
//
//     ELF header
//     program headers: PT_NOTE, then a PT_LOAD for each range of memory
//     notes: first thread, process, signal, auxiliary vector, files; the other threads
//     (padding to a page)
//     the bytes of the ranges, one after the other           <- the caller writes these
#pragma once

#include "abi/core.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/slice.hpp"
#include "libs/base/vector.hpp"

#include <string_view>

namespace elf {

struct CoreThread {
    uapi::ElfThreadStatus status{};
    ConstBytes float_state; ///< FXSAVE or XSAVE area; empty: the thread has none
};

struct CoreRange {
    u64 start = 0; ///< page-aligned, as all sizes
    u64 size = 0;
    u64 bytes = 0;  ///< of these, from the start, are in the file
    u32 access = 0; ///< uapi::ElfSegmentFlag
};

struct CoreFile {
    u64 start = 0;
    u64 end = 0;
    u64 page = 0; ///< of the file, at `start`
    std::string_view name;
};

struct CoreDescription {
    Slice<CoreThread const> threads; ///< at least one; first the one that the signal hit
    uapi::ElfProcessInfo process{};
    ConstBytes signal; ///< SigInfo
    ConstBytes auxiliary;
    Slice<CoreFile const> files;
    Slice<CoreRange const> ranges; ///< at most most_core_ranges
};

/// The count of program headers has 16 bits, and 0xffff means that it stands elsewhere.
inline constexpr usize most_core_ranges = 0xfffd;

/// Everything before the bytes of the first range; a multiple of the page size. Throws
/// std::bad_alloc.
Vector<std::byte> core_front(CoreDescription const& core);

/// Of the whole file.
u64 core_size(ConstBytes front, Slice<CoreRange const> ranges);

} // namespace elf
