// Reads a program's DWARF, or its symbols.
#include "runner/program_lines.hpp"

#include "libs/symbols/image.hpp"
#include "libs/symbols/shorten.hpp"
#include "libs/symbols/source_map.hpp"

#include <algorithm>
#include <cstring>
#include <elf.h>

#include <fmt/format.h>

namespace runner {
namespace {

struct Symbol {
    unsigned long start = 0;
    unsigned long size = 0;
    std::string name;
};

/// `count` objects at `offset`; none when the file is damaged.
template <class T>
std::vector<T> load(std::string const& file, std::size_t offset, std::size_t count) {
    if (offset > file.size() || count > (file.size() - offset) / sizeof(T))
        return {};
    std::vector<T> found(count);
    std::memcpy(found.data(), file.data() + offset, count * sizeof(T));
    return found;
}

/// Functions of .symtab and .dynsym, sorted.
std::vector<Symbol> symbols_of(std::string const& file) {
    std::vector<Symbol> found;
    auto const header = load<Elf64_Ehdr>(file, 0, 1);
    if (header.empty() || std::memcmp(header[0].e_ident, ELFMAG, SELFMAG) != 0)
        return found;
    auto const sections = load<Elf64_Shdr>(file, header[0].e_shoff, header[0].e_shnum);
    for (auto const& section : sections) {
        if ((section.sh_type != SHT_SYMTAB && section.sh_type != SHT_DYNSYM) ||
            section.sh_link >= sections.size())
            continue;
        auto const& names = sections[section.sh_link];
        for (auto const& symbol :
             load<Elf64_Sym>(file, section.sh_offset, section.sh_size / sizeof(Elf64_Sym))) {
            std::size_t const at = names.sh_offset + symbol.st_name;
            if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_value == 0 ||
                at >= file.size())
                continue;
            std::string const name(file.data() + at, strnlen(file.data() + at, file.size() - at));
            found.push_back({symbol.st_value, symbol.st_size, shorten_linkage_name(name, name)});
        }
    }
    std::ranges::sort(found, {}, &Symbol::start);
    return found;
}

} // namespace

struct ProgramLines::Image {
    std::string file; ///< what the map's names lie in
    std::vector<Symbol> symbols;
    std::unique_ptr<SourceMap> map;

    explicit Image(std::string content) : file(std::move(content)), symbols(symbols_of(file)) {
        auto const sections = sections_of(file);
        map = std::make_unique<SourceMap>(sections.debug, sections.text_start, sections.text_end);
    }
};

ProgramLines::ProgramLines(std::function<std::string(std::string const&)> find)
    : find_(std::move(find)) {}

ProgramLines::~ProgramLines() = default;

ProgramLines::Image const& ProgramLines::image(std::string const& name) {
    auto& image = images_[name];
    if (!image)
        image = std::make_unique<Image>(find_(name));
    return *image;
}

std::string ProgramLines::explain(std::string const& name, unsigned long address) {
    auto const& known = image(name);
    std::string text;
    for (auto const& frame : known.map->frames_at(address))
        if (!frame.plain.empty() && frame.line != 0)
            text += fmt::format("      {}  {}:{}\n",
                                shorten_linkage_name(frame.function, shorten(frame.plain)),
                                plain_path(frame.file), frame.line);
    if (!text.empty())
        return text;
    auto const after = std::ranges::upper_bound(known.symbols, address, {}, &Symbol::start);
    if (after == known.symbols.begin())
        return {};
    auto const& symbol = after[-1];
    if (symbol.size != 0 && address - symbol.start >= symbol.size)
        return {};
    return fmt::format("      {}+0x{:x}\n", symbol.name, address - symbol.start);
}

} // namespace runner
