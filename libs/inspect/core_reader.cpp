// Walks a core dump's program headers and notes.
#include "libs/inspect/core_reader.hpp"

#include "abi/core.hpp"
#include "abi/elf.hpp"
#include "libs/inspect/objects.hpp"

#include <algorithm>
#include <cstddef>

namespace inspect {
namespace {

/// Where unwind::Register is among the registers of a thread's note: r15 r14 r13 r12 rbp rbx r11
/// r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss ...
constexpr u8 place_in_note[] = {10, 12, 11, 5, 13, 14, 4, 19, 9, 8, 7, 6, 3, 2, 1, 0, 16};

std::string_view text_until_zero(ConstBytes bytes) {
    auto const text = text_of(bytes);
    return text.substr(0, text.find('\0'));
}

void take_thread(ConstBytes content, Core& core) {
    auto const status = object_at<uapi::ElfThreadStatus>(content, 0);
    if (!status)
        return;
    core.threads.push_back({.id = status->pid,
                            .signal = status->current_signal,
                            .registers = registers_of(status->registers)});
}

/// Count, page size, start, end and page of each, then their names.
void take_files(ConstBytes content, Core& core) {
    auto const count = object_at<u64>(content, 0);
    auto const unit = object_at<u64>(content, 8);
    if (!count || !unit || *count > content.size() / 24)
        return;
    u64 name_at = 16 + *count * 24;
    for (u64 i = 0; i < *count; ++i) {
        auto const start = object_at<u64>(content, 16 + i * 24);
        auto const end = object_at<u64>(content, 24 + i * 24);
        auto const page = object_at<u64>(content, 32 + i * 24);
        if (!page || name_at >= content.size())
            return;
        auto const name = text_until_zero(content.subspan(name_at));
        name_at += name.size() + 1;
        if (*start < *end)
            core.mappings.push_back({*start, *end, *page * *unit, name});
    }
}

void take_notes(ConstBytes notes, Core& core) {
    for (u64 at = 0;;) {
        auto const header = object_at<uapi::ElfNoteHeader>(notes, at);
        if (!header)
            return;
        at += sizeof *header + align_up(u64{header->name_size}, 4);
        auto const content = bytes_at(notes, at, header->content_size);
        if (!content)
            return;
        at += align_up(u64{header->content_size}, 4);
        if (header->type == uapi::nt_prstatus) {
            take_thread(*content, core);
        } else if (header->type == uapi::nt_file) {
            take_files(*content, core);
        } else if (header->type == uapi::nt_prpsinfo) {
            if (auto const process = object_at<uapi::ElfProcessInfo>(*content, 0)) {
                core.process = process->pid;
                core.program = text_until_zero(
                    content->subspan(offsetof(uapi::ElfProcessInfo, name), sizeof process->name));
            }
        }
    }
}

} // namespace

unwind::Registers registers_of(std::span<u64 const, 27> words) {
    unwind::Registers registers;
    for (usize i = 0; i < sizeof place_in_note; ++i)
        registers.values.data()[i] = words[place_in_note[i]];
    return registers;
}

Result<Core> read_core(ConstBytes file) {
    auto const header = object_at<uapi::Elf64Header>(file, 0);
    if (!header || std::memcmp(header->ident, "\177ELF", 4) != 0 ||
        header->ident[4] != uapi::elf_class_64 || header->machine != uapi::em_x86_64 ||
        header->type != uapi::et_core)
        return fail(Errno::enoexec);
    Core core;
    for (u64 i = 0; i < header->program_header_count; ++i) {
        auto const segment = object_at<uapi::Elf64ProgramHeader>(
            file, header->program_headers + i * sizeof(uapi::Elf64ProgramHeader));
        if (!segment)
            return fail(Errno::einval);
        // Of a dump that was cut off, what is there.
        u64 const there = segment->offset < file.size() ? file.size() - segment->offset : 0;
        auto const bytes = bytes_at(file, segment->offset, std::min(segment->file_size, there));
        if (!bytes || bytes->empty())
            continue;
        if (segment->type == uapi::pt_note)
            take_notes(*bytes, core);
        else if (segment->type == uapi::pt_load)
            core.memory.push_back({segment->virtual_address, *bytes});
    }
    if (core.threads.empty())
        return fail(Errno::einval);
    return core;
}

} // namespace inspect
