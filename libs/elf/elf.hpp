// What execve needs to know of an ELF64 x86-64 program, validated before anything is changed.
//
// Use: read the first 64 bytes, parse_header(); read the program headers it names,
// parse_program(); if there is an interpreter, read its path, interpreter_path(). Every error is
// ENOEXEC, as on Linux.
#pragma once

#include "libs/base/memory.hpp"
#include "libs/base/result.hpp"
#include "libs/base/vector.hpp"

#include <optional>
#include <string_view>

namespace elf {

struct FileRange {
    u64 offset = 0;
    u64 size = 0;
};

enum class Kind : u8 {
    fixed,       ///< ET_EXEC: runs at its addresses only
    relocatable, ///< ET_DYN: a position-independent program, or a dynamic linker
};

struct Header {
    Kind kind = Kind::fixed;
    u64 entry = 0;
    FileRange program_headers;
    u16 program_header_count = 0;
};

/// A PT_LOAD. Its address and file offset agree modulo the page size; file_size <= memory_size;
/// what lies between them is zero. Pages of two segments may touch but their bytes never overlap.
struct Segment {
    u64 address = 0;
    u64 memory_size = 0;
    FileRange file;
    bool readable = false;
    bool writable = false;
    bool executable = false;

    u64 end() const { return address + memory_size; }
};

/// The initial thread-local data; its place is inside some segment.
struct ThreadLocal {
    u64 address = 0;
    u64 file_size = 0;
    u64 memory_size = 0;
    u64 alignment = 1;
};

enum class StackAccess : u8 { executable_by_default, not_executable, executable };

struct Program {
    Kind kind = Kind::fixed;
    u64 entry = 0; ///< relative to the load address when relocatable, as are all addresses
    Vector<Segment> segments;  ///< at least one, in ascending order
    u64 lowest = 0;            ///< of the segments, page aligned
    u64 highest = 0;           ///< end of the segments, page aligned
    u64 alignment = page_size; ///< what the load address of a relocatable program must be
    std::optional<FileRange> interpreter;
    std::optional<ThreadLocal> thread_local_data;
    StackAccess stack = StackAccess::executable_by_default;
    /// Where the program headers are once loaded (AT_PHDR); 0 when no segment holds them.
    u64 program_headers = 0;
    u16 program_header_count = 0;
};

inline constexpr usize header_size = 64;
inline constexpr usize longest_interpreter = 4096;

/// Whether a file that starts like this is ELF at all (a script or a foreign format is not).
bool is_elf(ConstBytes start);

Result<Header> parse_header(ConstBytes start);

/// `table` is what the header's program_headers range holds. `limit` is the end of user memory.
Result<Program> parse_program(Header const& header, ConstBytes table, u64 limit);

/// The path that an interpreter range holds.
Result<std::string_view> interpreter_path(ConstBytes bytes);

} // namespace elf
