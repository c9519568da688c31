// The front of a core dump: program headers that lead to the ranges, and notes that can be walked.
#include "libs/elf/core.hpp"

#include "abi/elf.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

template <class T>
T at(Vector<std::byte> const& bytes, usize offset) {
    T value{};
    EXPECT_LE(offset + sizeof value, bytes.size());
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

struct Note {
    std::string owner;
    u32 type;
    std::string content;
};

std::vector<Note> notes_in(Vector<std::byte> const& bytes, uapi::Elf64ProgramHeader const& where) {
    std::vector<Note> notes;
    u64 offset = where.offset;
    u64 const end = where.offset + where.file_size;
    while (offset < end) {
        auto const header = at<uapi::ElfNoteHeader>(bytes, offset);
        offset += sizeof header;
        auto const* text = reinterpret_cast<char const*>(bytes.data());
        notes.push_back(
            {std::string(text + offset, header.name_size - 1), header.type,
             std::string(text + offset + align_up(header.name_size, 4), header.content_size)});
        offset += align_up(header.name_size, 4) + align_up(header.content_size, 4);
    }
    EXPECT_EQ(offset, end);
    return notes;
}

TEST(Core, HeadersAndNotesLeadToEverything) {
    std::vector<std::byte> const extended(576, std::byte{7});
    elf::CoreThread threads[3];
    threads[0].status.pid = 10;
    threads[0].float_state = ConstBytes(extended);
    threads[1].status.pid = 11;
    threads[1].float_state = ConstBytes(extended).first(512);
    threads[2].status.pid = 12;
    elf::CoreFile const files[] = {{0x1000, 0x3000, 5, "/bin/a"}, {0x8000, 0x9000, 0, "/lib/b c"}};
    elf::CoreRange const ranges[] = {{0x1000, 0x2000, 0x1000, uapi::pf_r},
                                     {0x5000, 0x1000, 0, 0},
                                     {0x8000, 0x3000, 0x3000, uapi::pf_r | uapi::pf_w}};
    std::byte const signal[128] = {std::byte{11}};
    std::byte const auxiliary[33] = {};
    elf::CoreDescription core;
    core.threads = threads;
    core.signal = signal;
    core.auxiliary = auxiliary;
    core.files = files;
    core.ranges = ranges;

    auto const front = elf::core_front(core);
    EXPECT_EQ(front.size() % page_size, 0u);
    EXPECT_EQ(elf::core_size({front.data(), front.size()}, ranges), front.size() + 0x4000);
    auto const header = at<uapi::Elf64Header>(front, 0);
    EXPECT_EQ(header.type, uapi::et_core);
    ASSERT_EQ(header.program_header_count, 4);
    auto const segment = [&](usize index) {
        return at<uapi::Elf64ProgramHeader>(front, header.program_headers + index * 56);
    };
    u64 offset = front.size();
    for (usize i = 0; i < 3; ++i) {
        auto const load = segment(i + 1);
        EXPECT_EQ(load.type, uapi::pt_load);
        EXPECT_EQ(load.offset, offset);
        EXPECT_EQ(load.virtual_address, ranges[i].start);
        EXPECT_EQ(load.memory_size, ranges[i].size);
        EXPECT_EQ(load.file_size, ranges[i].bytes);
        EXPECT_EQ(load.flags, ranges[i].access);
        offset += load.file_size;
    }

    ASSERT_EQ(segment(0).type, uapi::pt_note);
    auto const notes = notes_in(front, segment(0));
    std::vector<u32> types;
    for (auto const& note : notes) {
        types.push_back(note.type);
        EXPECT_EQ(note.owner, note.type == uapi::nt_x86_xstate ? "LINUX" : "CORE");
    }
    EXPECT_EQ(types, (std::vector<u32>{uapi::nt_prstatus, uapi::nt_prpsinfo, uapi::nt_siginfo,
                                       uapi::nt_auxv, uapi::nt_file, uapi::nt_fpregset,
                                       uapi::nt_x86_xstate, uapi::nt_prstatus, uapi::nt_fpregset,
                                       uapi::nt_prstatus}));
    EXPECT_EQ(notes[2].content.size(), 128u);
    EXPECT_EQ(notes[3].content.size(), 33u);
    EXPECT_EQ(notes[5].content.size(), 512u);
    EXPECT_EQ(notes[6].content.size(), 576u);
    u64 const expected[] = {2, 0x1000, 0x1000, 0x3000, 5, 0x8000, 0x9000, 0};
    ASSERT_GT(notes[4].content.size(), sizeof expected);
    EXPECT_EQ(std::memcmp(notes[4].content.data(), expected, sizeof expected), 0);
    EXPECT_EQ(notes[4].content.substr(sizeof expected), std::string("/bin/a\0/lib/b c\0", 16));
}

} // namespace
