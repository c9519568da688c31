// Fuzzes ELF parsing: whatever is accepted keeps every promise of elf::Program.
#include "libs/elf/elf.hpp"

#include <cstdlib>

namespace {

void check(bool holds) {
    if (!holds)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    constexpr u64 limit = 0x7fff'ffff'f000;
    auto const bytes = std::as_bytes(std::span(data, size));
    (void)elf::interpreter_path(bytes);
    auto const header = elf::parse_header(bytes);
    if (!header || header->program_headers.offset > size)
        return 0;
    auto const table = bytes.subspan(header->program_headers.offset);
    auto const program = elf::parse_program(*header, table, limit);
    if (!program) {
        check(program.error() == Errno::enoexec);
        return 0;
    }
    u64 end = 0;
    check(!program->segments.empty() && program->lowest < program->highest);
    for (auto const& segment : program->segments) {
        check(segment.memory_size != 0 && segment.file.size <= segment.memory_size);
        check(segment.address >= end && segment.address >= program->lowest);
        end = segment.end();
        check(end > segment.address && end <= program->highest);
        check(segment.file.offset + segment.file.size >= segment.file.offset);
        check(segment.file.size == 0 ||
              segment.address % page_size == segment.file.offset % page_size);
    }
    check(program->highest <= limit && program->entry < limit);
    return 0;
}
