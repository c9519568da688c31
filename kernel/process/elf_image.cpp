// Reads ELF headers from files and maps what they describe.
#include "kernel/process/elf_image.hpp"

#include "kernel/arch/api/page_table.hpp"

namespace process {

namespace {

arch::AccessFlags access_of(elf::Segment const& segment) {
    arch::AccessFlags access;
    if (segment.readable)
        access |= arch::Access::read;
    if (segment.writable)
        access |= arch::Access::write;
    if (segment.executable)
        access |= arch::Access::execute;
    return access;
}

/// Zeroes the rest of the last page that the file backs, where .bss begins.
Result<void> zero_tail(mem::AddressSpace& space, UserAddr from, UserAddr to) {
    static constexpr std::byte zeros[256] = {};
    while (from < to) {
        usize const size = std::min<u64>(to - from, sizeof zeros);
        if (space.copy_out(from, ConstBytes(zeros).first(size)) != size)
            return fail(Errno::enomem);
        from += size;
    }
    return {};
}

Result<void> map_file_part(mem::AddressSpace& space, vfs::File& file, elf::Segment const& segment,
                           UserAddr start, UserAddr file_end) {
    bool const has_tail = segment.memory_size > segment.file.size && !file_end.is_page_aligned();
    mem::MapRequest request;
    request.at = start.page_down();
    request.size = file_end.page_up() - request.at;
    request.access = access_of(segment);
    if (has_tail)
        request.access |= arch::Access::write;
    request.source = TRY(file.map());
    request.source_page = (segment.file.offset - start.page_offset()) / page_size;
    request.place = mem::MapRequest::Place::exact_replacing;
    UserAddr const at = request.at;
    u64 const size = request.size;
    TRY(space.map(std::move(request)));
    if (!has_tail)
        return {};
    TRY(zero_tail(space, file_end, file_end.page_up()));
    if (!segment.writable)
        TRY(space.protect(at, size, access_of(segment)));
    return {};
}

} // namespace

Result<usize> read_fully(vfs::File& file, Bytes bytes, u64 offset) {
    usize done = 0;
    while (done < bytes.size()) {
        auto sink = mem::Sink::kernel(bytes.subspan(done));
        usize const got = TRY(file.read_at(sink, offset + done));
        if (got == 0)
            break;
        done += got;
    }
    return done;
}

Result<elf::Program> read_program(vfs::File& file, ConstBytes start) {
    auto const header = TRY(elf::parse_header(start));
    Vector<std::byte> table;
    table.resize(header.program_headers.size);
    usize const got =
        TRY(read_fully(file, Bytes(table.data(), table.size()), header.program_headers.offset));
    if (got != table.size())
        return fail(Errno::enoexec);
    return elf::parse_program(header, ConstBytes(table.data(), table.size()),
                              arch::user_end.value());
}

Result<String> read_interpreter_path(vfs::File& file, elf::FileRange range) {
    if (range.size > elf::longest_interpreter)
        return fail(Errno::enoexec);
    Vector<std::byte> bytes;
    bytes.resize(range.size);
    if (TRY(read_fully(file, Bytes(bytes.data(), bytes.size()), range.offset)) != range.size)
        return fail(Errno::enoexec);
    auto const path = TRY(elf::interpreter_path(ConstBytes(bytes.data(), bytes.size())));
    return String(path);
}

Result<void> map_segments(mem::AddressSpace& space, vfs::File& file, elf::Program const& program,
                          u64 bias) {
    for (auto const& segment : program.segments) {
        UserAddr const start(segment.address + bias);
        UserAddr const file_end = start + segment.file.size;
        UserAddr const end = (start + segment.memory_size).page_up();
        UserAddr zero_from = start.page_down();
        if (segment.file.size != 0) {
            TRY(map_file_part(space, file, segment, start, file_end));
            zero_from = file_end.page_up();
        }
        if (zero_from >= end)
            continue;
        mem::MapRequest request;
        request.at = zero_from;
        request.size = end - zero_from;
        request.access = access_of(segment);
        request.place = mem::MapRequest::Place::exact_replacing;
        TRY(space.map(std::move(request)));
    }
    return {};
}

Result<u64> reserve_anywhere(mem::AddressSpace& space, elf::Program const& program) {
    u64 const size = program.highest - program.lowest;
    u64 const slack = program.alignment > page_size ? program.alignment : 0;
    mem::MapRequest request;
    request.size = size + slack;
    UserAddr const at = TRY(space.map(std::move(request)));
    UserAddr const start(align_up(at.value(), program.alignment));
    // Only the segments themselves stay mapped.
    TRY(space.unmap(at, size + slack));
    return start.value() - program.lowest;
}

} // namespace process
