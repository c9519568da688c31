// Reads ELF headers, .eh_frame_hdr and single frame descriptions from another program's memory.
#include "libs/unwind/remote.hpp"

#include "abi/elf.hpp"
#include "libs/base/search.hpp"

#include <algorithm>

namespace unwind {
namespace {

constexpr u64 page = 4096;
constexpr u32 elf_magic = 0x464c457f;
constexpr unsigned most_pages = 4096;
constexpr unsigned most_segments = 32;
constexpr unsigned most_dynamic = 128;
constexpr u64 largest_frame = 1 << 20;

/// An entry of PT_DYNAMIC.
struct Dynamic {
    u64 tag;
    u64 value;
};

constexpr u64 dt_strtab = 5;
constexpr u64 dt_soname = 14;

template <class T>
std::optional<T> load(dwarf::Memory const& memory, u64 at) noexcept {
    T value;
    // Safe because T is plain bytes.
    if (!memory.read(at, {reinterpret_cast<std::byte*>(&value), sizeof value}))
        return std::nullopt;
    return value;
}

/// The image whose header is at `base`, if it has `instruction`.
std::optional<RemoteImage> image_at(dwarf::Memory const& memory, u64 base,
                                    u64 instruction) noexcept {
    auto const magic = load<u32>(memory, base);
    if (!magic || *magic != elf_magic)
        return std::nullopt;
    auto const header = load<uapi::Elf64Header>(memory, base);
    if (!header || header->ident[4] != uapi::elf_class_64 ||
        header->program_header_size != sizeof(uapi::Elf64ProgramHeader))
        return std::nullopt;
    RemoteImage image;
    bool known = false; // where it was loaded
    bool has_it = false;
    for (unsigned i = 0; i < std::min<unsigned>(header->program_header_count, most_segments); ++i) {
        auto const segment = load<uapi::Elf64ProgramHeader>(
            memory, base + header->program_headers + i * sizeof(uapi::Elf64ProgramHeader));
        if (!segment)
            return std::nullopt;
        u64 const start = image.bias + segment->virtual_address;
        switch (segment->type) {
        case uapi::pt_load:
            if (segment->offset < page) {
                image.bias = base - (segment->virtual_address - segment->offset);
                known = true;
            } else if ((segment->flags & uapi::pf_x) == 0) {
                break;
            }
            has_it |= instruction - (image.bias + segment->virtual_address) < segment->memory_size;
            break;
        case uapi::pt_dynamic:
            image.dynamic = start;
            image.dynamic_size = segment->memory_size;
            break;
        case uapi::pt_gnu_eh_frame:
            image.frame_header = start;
            break;
        default:
            break;
        }
    }
    return known && has_it ? std::optional(image) : std::nullopt;
}

/// A copy of the entry at `at` of .eh_frame, as a region. `room` is for its bytes.
std::optional<dwarf::Region> entry_at(dwarf::Memory const& memory, u64 at, Bytes room) noexcept {
    auto const length = load<u32>(memory, at);
    if (!length || *length > room.size() - sizeof(u32))
        return std::nullopt;
    auto const bytes = room.first(*length + sizeof(u32));
    if (!memory.read(at, bytes))
        return std::nullopt;
    return dwarf::Region{at, bytes};
}

/// Where the description of the function with `instruction` is, by the sorted pairs of
/// .eh_frame_hdr.
std::optional<u64> description_of(dwarf::Memory const& memory, u64 header,
                                  u64 instruction) noexcept {
    constexpr u32 usual = 0x3b'03'1b'01; // version 1; pointers as every linker writes them
    constexpr u64 pairs = 12;
    auto const encodings = load<u32>(memory, header);
    auto const count = load<u32>(memory, header + 8);
    if (!encodings || *encodings != usual || !count)
        return std::nullopt;
    auto const pair = [&](u64 index) { return load<u64>(memory, header + pairs + index * 8); };
    auto const key = static_cast<i64>(instruction - header);
    bool readable = true;
    usize const before = count_up_to(*count, key, [&](usize index) {
        auto const there = pair(index);
        readable = readable && there.has_value();
        return static_cast<i32>(there.value_or(0));
    });
    auto const found = readable && before != 0 ? pair(before - 1) : std::nullopt;
    if (!found)
        return std::nullopt;
    return header + static_cast<u64>(static_cast<i64>(static_cast<i32>(*found >> 32)));
}

Step step_by_description(dwarf::Memory const& memory, RemoteImage const& image,
                         Frame& frame) noexcept {
    auto const address = image.frame_header != 0
                             ? description_of(memory, image.frame_header, frame.instruction())
                             : std::nullopt;
    std::byte room[2][512];
    auto const entry = address ? entry_at(memory, *address, room[0]) : std::nullopt;
    auto const back = entry ? load<u32>(memory, *address + sizeof(u32)) : std::nullopt;
    auto const common =
        back ? entry_at(memory, *address + sizeof(u32) - *back, room[1]) : std::nullopt;
    if (!common)
        return Step::no_description;
    auto const description = dwarf::parse_frame(*entry, *common, *address);
    if (!description || !description->covers(frame.instruction()))
        return Step::no_description;
    Module module;
    module.tables.frames = *entry;
    return step({.module = &module, .frame = *description}, memory, frame);
}

Step step_by_frame_pointer(dwarf::Memory const& memory, Frame& frame) noexcept {
    u64 const pointer = frame.registers[rbp];
    u64 const stack = frame.registers[rsp];
    if (pointer % sizeof(u64) != 0 || pointer < stack || pointer - stack > largest_frame)
        return Step::no_description;
    auto const caller = dwarf::read_word(memory, pointer);
    auto const address = dwarf::read_word(memory, pointer + 8);
    if (!caller || !address)
        return Step::unreadable;
    if (*address == 0)
        return Step::end;
    frame.registers[rbp] = *caller;
    frame.registers[rsp] = pointer + 16;
    frame.registers[rip] = *address;
    frame.interrupted = false;
    return Step::stepped;
}

} // namespace

std::optional<RemoteImage> find_image(dwarf::Memory const& memory, u64 instruction) noexcept {
    u64 base = instruction & ~(page - 1);
    for (unsigned i = 0; i < most_pages && base != 0; ++i, base -= page)
        if (auto const image = image_at(memory, base, instruction))
            return image;
    return std::nullopt;
}

std::string_view image_name(dwarf::Memory const& memory, RemoteImage const& image,
                            std::span<char> into) noexcept {
    u64 strings = 0;
    u64 name = 0;
    u64 const count = std::min<u64>(image.dynamic_size / sizeof(Dynamic), most_dynamic);
    for (u64 i = 0; i < count; ++i) {
        auto const entry = load<Dynamic>(memory, image.dynamic + i * sizeof(Dynamic));
        if (!entry || entry->tag == 0)
            break;
        if (entry->tag == dt_strtab)
            strings = entry->value;
        if (entry->tag == dt_soname)
            name = entry->value;
    }
    if (strings == 0 || name == 0)
        return {};
    if (strings < image.bias) // the loader did not adjust it
        strings += image.bias;
    usize size = 0;
    for (; size < into.size(); ++size) {
        auto const character = load<char>(memory, strings + name + size);
        if (!character || *character <= ' ' || *character > '~')
            break;
        into.data()[size] = *character;
    }
    return {into.data(), size};
}

Step step_remote(dwarf::Memory const& memory, std::optional<RemoteImage> const& image,
                 Frame& frame) noexcept {
    if (image) {
        auto const done = step_by_description(memory, *image, frame);
        if (done == Step::stepped || done == Step::end)
            return done;
    }
    return step_by_frame_pointer(memory, frame);
}

} // namespace unwind
