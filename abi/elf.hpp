// ELF64 as Linux executes it on x86-64: file layout and the auxiliary vector. Data only.
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

/// Keys of the auxiliary vector above a new program's environment.
enum AuxiliaryKey : std::uint64_t {
    at_null = 0,
    at_ignore = 1,
    at_phdr = 3,
    at_phent = 4,
    at_phnum = 5,
    at_pagesz = 6,
    at_base = 7,
    at_flags = 8,
    at_entry = 9,
    at_uid = 11,
    at_euid = 12,
    at_gid = 13,
    at_egid = 14,
    at_platform = 15,
    at_hwcap = 16,
    at_clktck = 17,
    at_secure = 23,
    at_random = 25,
    at_hwcap2 = 26,
    at_execfn = 31,
    at_sysinfo_ehdr = 33,
    at_minsigstksz = 51,
};

} // namespace uapi
