// Sections and symbols of ELF files in memory; what is damaged is left out.
#include "libs/symbols/elf_file.hpp"

namespace {

std::vector<Elf64_Ehdr> header_of(std::string_view file) {
    auto header = load_objects<Elf64_Ehdr>(file, 0, 1);
    if (!header.empty() && (std::memcmp(header[0].e_ident, ELFMAG, SELFMAG) != 0 ||
                            header[0].e_ident[EI_CLASS] != ELFCLASS64))
        header.clear();
    return header;
}

} // namespace

std::string_view elf_text(std::string_view file, Elf64_Shdr const& strings, std::size_t at) {
    if (at >= strings.sh_size || strings.sh_offset > file.size() ||
        strings.sh_size > file.size() - strings.sh_offset)
        return {};
    auto const text = file.substr(strings.sh_offset + at, strings.sh_size - at);
    return text.substr(0, text.find('\0'));
}

std::vector<ElfSection> elf_sections(std::string_view file) {
    auto const header = header_of(file);
    if (header.empty())
        return {};
    auto const all = load_objects<Elf64_Shdr>(file, header[0].e_shoff, header[0].e_shnum);
    std::vector<ElfSection> found;
    for (auto section : all) {
        bool const outside =
            section.sh_type != SHT_NOBITS &&
            (section.sh_offset > file.size() || section.sh_size > file.size() - section.sh_offset);
        if (outside)
            section.sh_type = SHT_NULL; // keeps its number
        if (outside)
            section.sh_offset = section.sh_size = 0;
        auto const names = header[0].e_shstrndx;
        found.push_back(
            {names < all.size() ? elf_text(file, all[names], section.sh_name) : "", section});
    }
    return found;
}

std::vector<Elf64_Phdr> elf_segments(std::string_view file) {
    auto const header = header_of(file);
    return header.empty() ? std::vector<Elf64_Phdr>()
                          : load_objects<Elf64_Phdr>(file, header[0].e_phoff, header[0].e_phnum);
}
