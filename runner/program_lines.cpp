// Reads a program's DWARF, or its symbols.
#include "runner/program_lines.hpp"

#include "libs/symbols/elf_file.hpp"
#include "libs/symbols/image.hpp"
#include "libs/symbols/shorten.hpp"
#include "libs/symbols/source_map.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace runner {
namespace {

struct Symbol {
    unsigned long start = 0;
    unsigned long size = 0;
    std::string name;
};

/// Functions of .symtab and .dynsym, sorted.
std::vector<Symbol> symbols_of(std::string const& file) {
    std::vector<Symbol> found;
    for_each_symbol(file, [&](Elf64_Sym const& symbol, std::string_view text) {
        std::string const name(text);
        if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_value != 0)
            found.push_back({symbol.st_value, symbol.st_size, shorten_linkage_name(name, name)});
    });
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

CodePlace ProgramLines::place(std::string const& name, unsigned long address) {
    auto const& known = image(name);
    CodePlace place;
    for (auto const& frame : known.map->frames_at(address))
        if (!frame.plain.empty() && frame.line != 0)
            place.frames.push_back({shorten_linkage_name(frame.function, shorten(frame.plain)),
                                    plain_path(frame.file), frame.line});
    auto const after = std::ranges::upper_bound(known.symbols, address, {}, &Symbol::start);
    if (after == known.symbols.begin())
        return place;
    auto const& symbol = after[-1];
    if (symbol.size != 0 && address - symbol.start >= symbol.size)
        return place;
    if (place.frames.empty())
        place.frames.push_back({symbol.name, {}, 0});
    place.offset = address - symbol.start;
    return place;
}

std::string ProgramLines::explain(std::string const& name, unsigned long address) {
    auto const found = place(name, address);
    std::string text;
    for (auto const& frame : found.frames)
        text += frame.line != 0
                    ? fmt::format("      {}  {}:{}\n", frame.function, frame.file, frame.line)
                    : fmt::format("      {}+0x{:x}\n", frame.function, found.offset);
    return text;
}

std::string const& ProgramLines::file(std::string const& name) {
    return image(name).file;
}

} // namespace runner
