// Decodes and validates ELF headers and program headers.
#include "libs/elf/elf.hpp"

#include "abi/elf.hpp"

#include <algorithm>
#include <bit>

namespace elf {
namespace {

using uapi::Elf64Header;
using uapi::Elf64ProgramHeader;

constexpr usize largest_table = 65536; // Linux's bound
constexpr u64 longest_alignment = 1_GiB;

template <class T>
T object_at(ConstBytes bytes, usize offset) {
    T object;
    copy_bytes(writable_object_bytes(object), bytes.subspan(offset, sizeof object));
    return object;
}

bool ends_within(u64 start, u64 size, u64 limit) {
    return size <= limit && start <= limit - size;
}

/// A non-empty PT_LOAD, whole.
Result<Segment> load_segment(Elf64ProgramHeader const& header, u64 limit) {
    if (header.file_size > header.memory_size)
        return fail(Errno::enoexec);
    if (!ends_within(header.virtual_address, header.memory_size, limit) ||
        !ends_within(header.offset, header.file_size, INT64_MAX - page_size))
        return fail(Errno::enoexec);
    if ((header.virtual_address - header.offset) % page_size != 0 && header.file_size != 0)
        return fail(Errno::enoexec);
    Segment segment;
    segment.address = header.virtual_address;
    segment.memory_size = header.memory_size;
    segment.file = {header.offset, header.file_size};
    segment.readable = (header.flags & uapi::pf_r) != 0;
    segment.writable = (header.flags & uapi::pf_w) != 0;
    segment.executable = (header.flags & uapi::pf_x) != 0;
    return segment;
}

Result<void> add_segment(Program& program, Elf64ProgramHeader const& header, u64 limit) {
    if (header.memory_size == 0)
        return {};
    auto const segment = TRY(load_segment(header, limit));
    if (!program.segments.empty() && segment.address < program.segments.back().end())
        return fail(Errno::enoexec); // out of order, or overlapping
    // Like Linux, an alignment that is no power of two is ignored; one larger than a program could
    // sensibly want is refused.
    if (std::has_single_bit(header.alignment)) {
        if (header.alignment > longest_alignment)
            return fail(Errno::enoexec);
        program.alignment = std::max(program.alignment, header.alignment);
    }
    program.segments.push_back(segment);
    return {};
}

Result<void> take(Program& program, Elf64ProgramHeader const& header, u64 limit) {
    switch (header.type) {
    case uapi::pt_load:
        return add_segment(program, header, limit);
    case uapi::pt_interp:
        if (program.interpreter)
            return {}; // only the first counts
        if (header.file_size < 2 || header.file_size > longest_interpreter ||
            !ends_within(header.offset, header.file_size, INT64_MAX))
            return fail(Errno::enoexec);
        program.interpreter = FileRange{header.offset, header.file_size};
        return {};
    case uapi::pt_gnu_stack:
        program.stack = (header.flags & uapi::pf_x) != 0 ? StackAccess::executable
                                                         : StackAccess::not_executable;
        return {};
    case uapi::pt_tls:
        // The C library sets thread-local data up; a malformed one is its to refuse.
        program.thread_local_data = ThreadLocal{header.virtual_address, header.file_size,
                                                header.memory_size, header.alignment};
        return {};
    default:
        return {};
    }
}

} // namespace

bool is_elf(ConstBytes start) {
    return text_of(start).starts_with("\x7f"
                                      "ELF");
}

Result<Header> parse_header(ConstBytes start) {
    if (start.size() < header_size || !is_elf(start))
        return fail(Errno::enoexec);
    auto const header = object_at<Elf64Header>(start, 0);
    if (header.ident[4] != uapi::elf_class_64 || header.ident[5] != uapi::elf_data_little_endian)
        return fail(Errno::enoexec);
    if (header.machine != uapi::em_x86_64)
        return fail(Errno::enoexec);
    if (header.type != uapi::et_exec && header.type != uapi::et_dyn)
        return fail(Errno::enoexec);
    if (header.program_header_size != sizeof(Elf64ProgramHeader))
        return fail(Errno::enoexec);
    usize const table_size = usize{header.program_header_count} * sizeof(Elf64ProgramHeader);
    if (table_size == 0 || table_size > largest_table)
        return fail(Errno::enoexec);
    if (!ends_within(header.program_headers, table_size, INT64_MAX))
        return fail(Errno::enoexec);

    Header result;
    result.kind = header.type == uapi::et_exec ? Kind::fixed : Kind::relocatable;
    result.entry = header.entry;
    result.program_headers = {header.program_headers, table_size};
    result.program_header_count = header.program_header_count;
    return result;
}

Result<Program> parse_program(Header const& header, ConstBytes table, u64 limit) {
    if (table.size() < header.program_headers.size)
        return fail(Errno::enoexec);
    Program program;
    program.kind = header.kind;
    program.entry = header.entry;
    program.program_header_count = header.program_header_count;
    for (usize i = 0; i < header.program_header_count; ++i)
        TRY(take(program, object_at<Elf64ProgramHeader>(table, i * sizeof(Elf64ProgramHeader)),
                 limit));

    if (program.segments.empty())
        return fail(Errno::enoexec);
    program.lowest = align_down(program.segments.front().address, page_size);
    program.highest = align_up(program.segments.back().end(), page_size);
    if (program.highest > limit || program.highest < program.lowest)
        return fail(Errno::enoexec);
    if (program.entry >= limit)
        return fail(Errno::enoexec);
    for (Segment const& segment : program.segments) {
        u64 const headers = header.program_headers.offset;
        if (headers >= segment.file.offset && headers - segment.file.offset < segment.file.size) {
            program.program_headers = segment.address + (headers - segment.file.offset);
            break;
        }
    }
    return program;
}

Result<std::string_view> interpreter_path(ConstBytes bytes) {
    std::string_view const text = text_of(bytes);
    if (text.empty() || text.back() != '\0')
        return fail(Errno::enoexec);
    std::string_view const path = text.substr(0, text.find('\0'));
    if (path.empty())
        return fail(Errno::enoexec);
    return path;
}

} // namespace elf
