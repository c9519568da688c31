// ELF64 as Linux executes it on x86-64: the file layout. Data only.
#pragma once

#include <cstdint>

namespace uapi {

struct Elf64Header {
    std::uint8_t ident[16];
    std::uint16_t type;
    std::uint16_t machine;
    std::uint32_t version;
    std::uint64_t entry;
    std::uint64_t program_headers; ///< offset in the file
    std::uint64_t section_headers;
    std::uint32_t flags;
    std::uint16_t header_size;
    std::uint16_t program_header_size;
    std::uint16_t program_header_count;
    std::uint16_t section_header_size;
    std::uint16_t section_header_count;
    std::uint16_t section_name_index;
};

static_assert(sizeof(Elf64Header) == 64);

struct Elf64ProgramHeader {
    std::uint32_t type;
    std::uint32_t flags;
    std::uint64_t offset;
    std::uint64_t virtual_address;
    std::uint64_t physical_address;
    std::uint64_t file_size;
    std::uint64_t memory_size;
    std::uint64_t alignment;
};

static_assert(sizeof(Elf64ProgramHeader) == 56);

inline constexpr std::uint8_t elf_class_64 = 2;
inline constexpr std::uint8_t elf_data_little_endian = 1;
inline constexpr std::uint16_t em_x86_64 = 62;

enum ElfType : std::uint16_t { et_exec = 2, et_dyn = 3, et_core = 4 };

enum ElfSegmentType : std::uint32_t {
    pt_load = 1,
    pt_dynamic = 2,
    pt_interp = 3,
    pt_note = 4,
    pt_phdr = 6,
    pt_tls = 7,
    pt_gnu_eh_frame = 0x6474'e550,
    pt_gnu_stack = 0x6474'e551,
    pt_gnu_relro = 0x6474'e552,
    pt_gnu_property = 0x6474'e553,
};

enum ElfSegmentFlag : std::uint32_t { pf_x = 1, pf_w = 2, pf_r = 4 };

} // namespace uapi
