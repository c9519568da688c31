// ELF programs and interpreters: from a file to mapped segments.
#pragma once

#include "kernel/mem/address_space.hpp"
#include "kernel/vfs/file.hpp"
#include "libs/elf/elf.hpp"

namespace process {

/// Reads and validates the headers. ENOEXEC.
Result<elf::Program> read_program(vfs::File& file, ConstBytes start);
/// The interpreter's path as the program names it. ENOEXEC.
Result<String> read_interpreter_path(vfs::File& file, elf::FileRange range);

/// Maps the segments with `bias` added to their addresses. What was there is replaced.
Result<void> map_segments(mem::AddressSpace& space, vfs::File& file, elf::Program const& program,
                          u64 bias);
/// A bias for a relocatable image anywhere free; the range is reserved.
Result<u64> reserve_anywhere(mem::AddressSpace& space, elf::Program const& program);

/// Reads up to `bytes.size()` bytes; less only at the end of the file.
Result<usize> read_fully(vfs::File& file, Bytes bytes, u64 offset);

} // namespace process
