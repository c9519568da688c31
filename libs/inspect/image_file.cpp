// Section headers and symbol tables (ELF-64 object file format).
#include "libs/inspect/image_file.hpp"

#include "abi/elf.hpp"
#include "libs/inspect/objects.hpp"

namespace inspect {
namespace {

struct SectionHeader {
    u32 name;
    u32 type;
    u64 flags;
    u64 address;
    u64 offset;
    u64 size;
    u32 link;
    u32 info;
    u64 alignment;
    u64 entry_size;
};

static_assert(sizeof(SectionHeader) == 64);

struct SymbolEntry {
    u32 name;
    u8 info;
    u8 other;
    u16 section;
    u64 value;
    u64 size;
};

static_assert(sizeof(SymbolEntry) == 24);

constexpr u32 type_symbols = 2;
constexpr u32 type_no_bits = 8;
constexpr u32 type_dynamic_symbols = 11;
constexpr u64 flag_compressed = 0x800;
constexpr u8 symbol_function = 2;
constexpr u8 symbol_indirect_function = 10;

} // namespace

struct ImageFile::Section {
    SectionHeader header;
    ConstBytes bytes;
};

ImageFile::ImageFile(ConstBytes file) : file_(file) {
    auto const header = object_at<uapi::Elf64Header>(file, 0);
    if (!header || std::memcmp(header->ident, "\177ELF", 4) != 0 ||
        header->ident[4] != uapi::elf_class_64 ||
        header->section_header_size != sizeof(SectionHeader))
        return;
    table_ = header->section_headers;
    count_ = header->section_header_count;
    names_ = header->section_name_index;
}

std::optional<ImageFile::Section> ImageFile::section_at(u64 index) const {
    if (index >= count_ || table_ > file_.size())
        return std::nullopt;
    auto const header = object_at<SectionHeader>(file_, table_ + index * sizeof(SectionHeader));
    if (!header)
        return std::nullopt;
    bool const has_bytes = header->type != type_no_bits && (header->flags & flag_compressed) == 0;
    return Section{*header,
                   has_bytes ? bytes_at(file_, header->offset, header->size).value_or(ConstBytes())
                             : ConstBytes()};
}

std::string_view ImageFile::text_at(Section const& strings, u64 offset) const {
    if (offset >= strings.bytes.size())
        return {};
    auto const text = text_of(strings.bytes.subspan(offset));
    auto const end = text.find('\0');
    return end == text.npos ? std::string_view() : text.substr(0, end);
}

std::optional<ImageFile::Section> ImageFile::find(std::string_view name) const {
    auto const names = section_at(names_);
    for (u64 i = 0; names && i < count_; ++i)
        if (auto const section = section_at(i);
            section && text_at(*names, section->header.name) == name)
            return section;
    return std::nullopt;
}

ConstBytes ImageFile::section(std::string_view name) const {
    auto const section = find(name);
    return section ? section->bytes : ConstBytes();
}

dwarf::FrameTables ImageFile::frame_tables(u64 bias) const {
    auto const region = [&](std::string_view name) {
        auto const section = find(name);
        return section ? dwarf::Region{section->header.address + bias, section->bytes}
                       : dwarf::Region{};
    };
    return {.header = region(".eh_frame_hdr"), .frames = region(".eh_frame")};
}

dwarf::DebugSections ImageFile::debug_sections() const {
    return {.info = section(".debug_info"),
            .abbrev = section(".debug_abbrev"),
            .line = section(".debug_line"),
            .str = section(".debug_str"),
            .line_str = section(".debug_line_str"),
            .str_offsets = section(".debug_str_offsets"),
            .addr = section(".debug_addr"),
            .ranges = section(".debug_ranges"),
            .rnglists = section(".debug_rnglists")};
}

void ImageFile::search(Section const& symbols, u64 address, std::optional<Symbol>& best) const {
    auto const strings = section_at(symbols.header.link);
    if (!strings)
        return;
    for (u64 at = 0; auto const entry = object_at<SymbolEntry>(symbols.bytes, at);
         at += sizeof(SymbolEntry)) {
        u8 const type = entry->info & 0xf;
        if ((type != symbol_function && type != symbol_indirect_function) || entry->section == 0 ||
            entry->value > address || (best && entry->value < best->start) ||
            (entry->size != 0 && address - entry->value >= entry->size))
            continue;
        if (auto const name = text_at(*strings, entry->name); !name.empty())
            best = Symbol{name, entry->value, entry->size};
    }
}

std::optional<Symbol> ImageFile::symbol_at(u64 address) const {
    std::optional<Symbol> best;
    for (u64 i = 0; i < count_; ++i)
        if (auto const section = section_at(i);
            section &&
            (section->header.type == type_symbols || section->header.type == type_dynamic_symbols))
            search(*section, address, best);
    return best;
}

} // namespace inspect
