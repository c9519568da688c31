// Finds sections by name.
#include "libs/symbols/image.hpp"

#include <cstring>
#include <elf.h>

namespace {

/// `count` objects at `offset`, copied since nothing says that they are aligned.
template <class T>
bool load(std::span<char const> image, std::uint64_t offset, T& into) {
    if (offset > image.size() || image.size() - offset < sizeof into)
        return false;
    std::memcpy(&into, image.data() + offset, sizeof into);
    return true;
}

std::string_view name_at(std::span<char const> image, Elf64_Shdr const& names, std::uint64_t at) {
    std::uint64_t const start = names.sh_offset + at;
    if (start >= image.size())
        return {};
    return {image.data() + start, strnlen(image.data() + start, image.size() - start)};
}

} // namespace

ImageSections sections_of(std::span<char const> image) {
    static constexpr struct {
        std::string_view name;
        ConstBytes dwarf::DebugSections::* member;
    } wanted[] = {
        {".debug_info", &dwarf::DebugSections::info},
        {".debug_abbrev", &dwarf::DebugSections::abbrev},
        {".debug_line", &dwarf::DebugSections::line},
        {".debug_str", &dwarf::DebugSections::str},
        {".debug_line_str", &dwarf::DebugSections::line_str},
        {".debug_str_offsets", &dwarf::DebugSections::str_offsets},
        {".debug_addr", &dwarf::DebugSections::addr},
        {".debug_ranges", &dwarf::DebugSections::ranges},
        {".debug_rnglists", &dwarf::DebugSections::rnglists},
    };

    ImageSections found;
    Elf64_Ehdr header;
    Elf64_Shdr names;
    if (!load(image, 0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        header.e_ident[EI_CLASS] != ELFCLASS64 ||
        !load(image, header.e_shoff + header.e_shstrndx * sizeof names, names))
        return found;
    for (unsigned i = 0; i < header.e_shnum; ++i) {
        Elf64_Shdr section;
        if (!load(image, header.e_shoff + i * sizeof section, section))
            break;
        auto const name = name_at(image, names, section.sh_name);
        if (name == ".text") {
            found.text_start = section.sh_addr;
            found.text_end = section.sh_addr + section.sh_size;
        }
        if (section.sh_type == SHT_NOBITS || (section.sh_flags & SHF_COMPRESSED) != 0 ||
            section.sh_offset > image.size() || image.size() - section.sh_offset < section.sh_size)
            continue;
        for (auto const& one : wanted)
            if (one.name == name)
                found.debug.*one.member =
                    std::as_bytes(image.subspan(section.sh_offset, section.sh_size));
    }
    return found;
}
