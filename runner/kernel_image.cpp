// A kernel's file, as far as backtraces and debuggers need it.
#include "runner/kernel_image.hpp"

#include "libs/symbols/elf_file.hpp"
#include "libs/symbols/image.hpp"
#include "libs/symbols/shorten.hpp"
#include "libs/unwind/line_table.hpp"
#include "libs/unwind/symbol_table.hpp"
#include "runner/failure.hpp"
#include "runner/os.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace runner {

KernelImage::KernelImage(std::string const& path) : file_(read_file(path)) {
    auto const bytes = std::as_bytes(std::span(file_));
    for (auto const& section : elf_sections(file_)) {
        auto const content =
            section.header.sh_type == SHT_NOBITS
                ? ConstBytes()
                : ConstBytes(bytes.subspan(section.header.sh_offset, section.header.sh_size));
        dwarf::Region const region{section.header.sh_addr, content};
        if (section.name == ".text") {
            module_.text_start = section.header.sh_addr;
            module_.text_end = section.header.sh_addr + section.header.sh_size;
        } else if (section.name == ".eh_frame_hdr") {
            module_.tables.header = region;
        } else if (section.name == ".eh_frame") {
            module_.tables.frames = region;
        } else if (section.name == ".kernel_symbols") {
            names_ = content;
        } else if (section.name == ".kernel_lines") {
            lines_ = content;
        }
    }
    if (module_.text_end == 0 || module_.tables.frames.bytes.empty())
        throw Failure(fmt::format("{} is not a kernel of Linnet", path));
    debug_ = sections_of(file_).debug;
}

KernelImage::~KernelImage() = default;

std::optional<unsigned long> KernelImage::symbol(std::string_view name) const {
    std::optional<unsigned long> found;
    for_each_symbol(file_, [&](Elf64_Sym const& symbol, std::string_view its_name) {
        if (its_name == name && symbol.st_shndx != SHN_UNDEF)
            found = symbol.st_value;
    });
    return found;
}

std::vector<CodeFrame> KernelImage::carried_lines(std::uint32_t offset) const {
    unwind::LineTable const table(lines_);
    unwind::SymbolTable const names(names_);
    unwind::LineTable::Frame frames[unwind::LineTable::deepest];
    std::vector<CodeFrame> found(table.find(offset, frames));
    for (std::size_t i = 0; i < found.size(); ++i) {
        char text[unwind::SymbolTable::longest_name];
        if (i + 1 != found.size())
            found[i].function = names.name(frames[i].name, text);
        found[i].line = frames[i].line;
        if (found[i].line != 0)
            found[i].file = names.name(table.file_name(frames[i]), text);
    }
    return found;
}

CodePlace KernelImage::place(unsigned long instruction) const {
    if (!is_text(instruction))
        return {};
    auto const offset = static_cast<std::uint32_t>(instruction - module_.text_start);
    if (!map_)
        map_ = std::make_unique<SourceMap>(debug_, module_.text_start, module_.text_end);
    CodePlace place;
    for (auto const& frame : map_->frames_at(instruction))
        if (!frame.plain.empty())
            place.frames.push_back({shorten_linkage_name(frame.function, shorten(frame.plain)),
                                    frame.line != 0 ? plain_path(frame.file) : "", frame.line});
    if (place.frames.empty())
        place.frames = carried_lines(offset);
    if (place.frames.empty())
        place.frames.emplace_back();
    unwind::SymbolTable const names(names_);
    if (auto const index = names.find(offset)) {
        char text[unwind::SymbolTable::longest_name];
        place.frames.back().function = names.name(*index, text);
        place.offset = offset - names.start(*index);
    }
    return place;
}

} // namespace runner
