// The front of an ELF core dump: headers and notes, in the order in which Linux writes them.
#include "libs/elf/core.hpp"

#include "abi/elf.hpp"
#include "libs/base/bug.hpp"

namespace elf {

namespace {

constexpr usize fxsave_size = 512;

class Buffer {
public:
    usize size() const { return bytes_.size(); }

    void put(ConstBytes more) {
        usize const at = bytes_.size();
        bytes_.resize(at + more.size());
        copy_bytes(Bytes(bytes_.data() + at, more.size()), more);
    }

    template <class T>
    void put_object(T const& object) {
        put(object_bytes(object));
    }

    void put_text(std::string_view text) {
        put(bytes_of(text));
        put_object('\0');
    }

    void pad_to(usize alignment) { bytes_.resize(align_up(bytes_.size(), alignment)); }

    ConstBytes view() const { return {bytes_.data(), bytes_.size()}; }

    Vector<std::byte> take() { return std::move(bytes_); }

private:
    Vector<std::byte> bytes_;
};

void put_note(Buffer& into, std::string_view owner, u32 type, ConstBytes content) {
    into.put_object(uapi::ElfNoteHeader{static_cast<u32>(owner.size() + 1),
                                        static_cast<u32>(content.size()), type});
    into.put_text(owner);
    into.pad_to(4);
    into.put(content);
    into.pad_to(4);
}

void put_registers(Buffer& into, CoreThread const& thread) {
    put_note(into, "CORE", uapi::nt_prstatus, object_bytes(thread.status));
}

void put_float_state(Buffer& into, CoreThread const& thread) {
    auto const& state = thread.float_state;
    if (state.size() >= fxsave_size)
        put_note(into, "CORE", uapi::nt_fpregset, state.first(fxsave_size));
    if (state.size() > fxsave_size)
        put_note(into, "LINUX", uapi::nt_x86_xstate, state);
}

/// A count, the unit of file offsets, the ranges, then their names.
void put_files(Buffer& into, Slice<CoreFile const> files) {
    Buffer content;
    content.put_object(u64{files.size()});
    content.put_object(u64{page_size});
    for (auto const& file : files) {
        content.put_object(file.start);
        content.put_object(file.end);
        content.put_object(file.page);
    }
    for (auto const& file : files)
        content.put_text(file.name);
    put_note(into, "CORE", uapi::nt_file, content.view());
}

Buffer notes_of(CoreDescription const& core) {
    Buffer notes;
    put_registers(notes, core.threads[0]);
    put_note(notes, "CORE", uapi::nt_prpsinfo, object_bytes(core.process));
    put_note(notes, "CORE", uapi::nt_siginfo, core.signal);
    put_note(notes, "CORE", uapi::nt_auxv, core.auxiliary);
    put_files(notes, core.files);
    put_float_state(notes, core.threads[0]);
    for (auto const& thread : core.threads.from(1)) {
        put_registers(notes, thread);
        put_float_state(notes, thread);
    }
    return notes;
}

uapi::Elf64Header header_of(CoreDescription const& core) {
    uapi::Elf64Header header{};
    constexpr u8 ident[] = {0x7f, 'E', 'L', 'F', uapi::elf_class_64, uapi::elf_data_little_endian,
                            1};
    copy_bytes(writable_object_bytes(header.ident), object_bytes(ident));
    header.type = uapi::et_core;
    header.machine = uapi::em_x86_64;
    header.version = 1;
    header.program_headers = sizeof header;
    header.header_size = sizeof header;
    header.program_header_size = sizeof(uapi::Elf64ProgramHeader);
    header.program_header_count = static_cast<u16>(core.ranges.size() + 1);
    return header;
}

} // namespace

Vector<std::byte> core_front(CoreDescription const& core) {
    ensure(!core.threads.empty() && core.ranges.size() <= most_core_ranges,
           "a core dump that has no thread, or too many ranges");
    auto const notes = notes_of(core);
    Buffer front;
    front.put_object(header_of(core));
    u64 const notes_at =
        sizeof(uapi::Elf64Header) + (core.ranges.size() + 1) * sizeof(uapi::Elf64ProgramHeader);
    front.put_object(uapi::Elf64ProgramHeader{
        .type = uapi::pt_note,
        .flags = 0,
        .offset = notes_at,
        .virtual_address = 0,
        .physical_address = 0,
        .file_size = notes.size(),
        .memory_size = 0,
        .alignment = 4,
    });
    u64 at = align_up(notes_at + notes.size(), page_size);
    for (auto const& range : core.ranges) {
        front.put_object(uapi::Elf64ProgramHeader{
            .type = uapi::pt_load,
            .flags = range.access,
            .offset = at,
            .virtual_address = range.start,
            .physical_address = 0,
            .file_size = range.bytes,
            .memory_size = range.size,
            .alignment = page_size,
        });
        at += range.bytes;
    }
    front.put(notes.view());
    front.pad_to(page_size);
    return front.take();
}

u64 core_size(ConstBytes front, Slice<CoreRange const> ranges) {
    u64 size = front.size();
    for (auto const& range : ranges)
        size += range.bytes;
    return size;
}

} // namespace elf
