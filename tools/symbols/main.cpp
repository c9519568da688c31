// symbols IMAGE LISTING OUTPUT: writes an assembly file with the packed names of IMAGE's functions
// and the lines of its text, of which LISTING is the disassembly.
#include "libs/symbols/image.hpp"
#include "libs/symbols/pack_lines.hpp"
#include "libs/symbols/shorten.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <elf.h>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

[[noreturn]] void stop(std::string const& message) {
    std::fprintf(stderr, "symbols: %s\n", message.c_str());
    std::exit(1);
}

template <class T>
T const* at(std::vector<char> const& image, std::size_t offset, std::size_t count = 1) {
    if (offset > image.size() || count > (image.size() - offset) / sizeof(T))
        stop("the image is damaged");
    return reinterpret_cast<T const*>(image.data() + offset);
}

std::vector<Function> functions_of(std::vector<char> const& image) {
    auto const* const header = at<Elf64_Ehdr>(image, 0);
    if (std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64)
        stop("not a 64-bit ELF image");
    auto const* const sections = at<Elf64_Shdr>(image, header->e_shoff, header->e_shnum);
    std::vector<Elf64_Sym> symbols;
    std::vector<std::string> names;
    std::uint64_t text_start = 0;
    for (std::size_t i = 0; i < header->e_shnum; ++i) {
        if (sections[i].sh_type != SHT_SYMTAB)
            continue;
        std::size_t const count = sections[i].sh_size / sizeof(Elf64_Sym);
        auto const* const table = at<Elf64_Sym>(image, sections[i].sh_offset, count);
        auto const& strings = sections[sections[i].sh_link];
        for (std::size_t s = 0; s < count; ++s) {
            char const* const name = at<char>(image, strings.sh_offset + table[s].st_name);
            if (std::strcmp(name, "__text_start") == 0)
                text_start = table[s].st_value;
            if (ELF64_ST_TYPE(table[s].st_info) != STT_FUNC || table[s].st_value == 0)
                continue;
            symbols.push_back(table[s]);
            names.emplace_back(name);
        }
    }
    if (text_start == 0)
        stop("no symbol __text_start");
    std::vector<Function> found;
    for (std::size_t i = 0; i < symbols.size(); ++i)
        if (symbols[i].st_value >= text_start && symbols[i].st_value - text_start < 0x8000'0000)
            found.push_back({static_cast<std::uint32_t>(symbols[i].st_value - text_start),
                             shorten_linkage_name(names[i], names[i])});
    // Of functions with one address (folded or aliases) the first by name is shown.
    std::sort(found.begin(), found.end(), [](Function const& a, Function const& b) {
        return a.start != b.start ? a.start < b.start : a.name < b.name;
    });
    auto const same = [](Function const& a, Function const& b) { return a.start == b.start; };
    found.erase(std::unique(found.begin(), found.end(), same), found.end());
    return found;
}

std::vector<char> read(char const* path) {
    std::ifstream in(path, std::ios::binary);
    std::vector<char> content{std::istreambuf_iterator<char>(in), {}};
    if (content.empty())
        stop(std::string("cannot read ") + path);
    return content;
}

void write_section(std::ofstream& out, char const* name, std::vector<std::uint8_t> const& bytes) {
    out << "    .section " << name << ", \"a\", @progbits\n";
    for (std::size_t i = 0; i < bytes.size(); ++i)
        out << (i % 20 == 0 ? "\n    .byte " : ",") << unsigned{bytes[i]};
    out << "\n";
}

} // namespace

int main(int count, char** arguments) {
    if (count != 4)
        stop("usage: symbols IMAGE LISTING OUTPUT");
    auto const image = read(arguments[1]);
    auto const listing = read(arguments[2]);
    auto functions = functions_of(image);
    auto const sections = sections_of(image);
    SourceMap const map(sections.debug, sections.text_start, sections.text_end);
    for (auto& function : functions) {
        // What no demangler knows has at least a short name.
        auto const frames = map.frames_at(sections.text_start + function.start);
        if (function.name.starts_with("_Z") && !frames.empty() && !frames.back().plain.empty())
            function.name = shorten(frames.back().plain);
    }
    auto const pieces = stack_pieces(map, instructions_of({listing.data(), listing.size()}));
    auto const lines = pack_lines(map, pieces, sections.text_start, functions);

    std::ofstream out(arguments[3]);
    out << "/* Names and lines for backtraces; written by tools/symbols. */\n";
    write_section(out, ".kernel_symbols", pack(functions, lines.names));
    write_section(out, ".kernel_lines", lines.table);
    out << "    .section .note.GNU-stack, \"\", @progbits\n";
    out.close();
    if (!out)
        stop(std::string("cannot write ") + arguments[3]);
}
