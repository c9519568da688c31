// Sections and symbols of ELF files in memory; what is damaged is left out.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <elf.h>

/// `count` objects at `offset`; none when the file is damaged.
template <class T>
std::vector<T> load_objects(std::string_view file, std::size_t offset, std::size_t count) {
    if (offset > file.size() || count > (file.size() - offset) / sizeof(T))
        return {};
    std::vector<T> found(count);
    std::memcpy(found.data(), file.data() + offset, count * sizeof(T));
    return found;
}

struct ElfSection {
    std::string_view name;
    Elf64_Shdr header; ///< its content lies in the file, or it has none there (SHT_NOBITS)
};

std::vector<ElfSection> elf_sections(std::string_view file);

std::vector<Elf64_Phdr> elf_segments(std::string_view file);

/// The text at an offset of a table of strings.
std::string_view elf_text(std::string_view file, Elf64_Shdr const& strings, std::size_t at);

/// Those of .symtab and .dynsym.
template <class Visit>
void for_each_symbol(std::string_view file, Visit visit) {
    auto const sections = elf_sections(file);
    for (auto const& section : sections) {
        auto const& header = section.header;
        if ((header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM) ||
            header.sh_link >= sections.size())
            continue;
        for (auto const& symbol :
             load_objects<Elf64_Sym>(file, header.sh_offset, header.sh_size / sizeof(Elf64_Sym)))
            visit(symbol, elf_text(file, sections[header.sh_link].header, symbol.st_name));
    }
}
