// Parses .eh_frame entries and searches .eh_frame_hdr (LSB Core, "Exception Frames").
#include "libs/dwarf/cfi.hpp"

#include "libs/base/search.hpp"

namespace dwarf {
namespace {

/// One length-prefixed entry; `body` starts at the identifier word.
struct Entry {
    Reader body = {};
    u64 identifier_address = 0;
    bool terminator = false;
};

Entry next_entry(Reader& reader) noexcept {
    Entry entry;
    u64 length = reader.fixed<u32>();
    if (length == 0xffffffff)
        length = reader.fixed<u64>();
    entry.terminator = length == 0;
    entry.identifier_address = reader.address();
    entry.body = reader.take(length);
    return entry;
}

/// Reads augmentation data in the order of the letters. False when it cannot be understood.
bool parse_augmentation(Reader& reader, std::string_view letters, u8& lsda_encoding,
                        FrameDescription& into) noexcept {
    if (letters.empty())
        return true;
    if (letters.front() != 'z')
        return false;
    Reader data = reader.take(reader.uleb());
    for (char const letter : letters.substr(1)) {
        if (letter == 'R')
            into.address_encoding = data.byte();
        else if (letter == 'L')
            lsda_encoding = data.byte();
        else if (letter == 'P') {
            u8 const encoding = data.byte();
            into.personality = data.pointer(encoding, {});
        } else if (letter == 'S')
            into.signal_frame = true;
        else
            return false;
    }
    return data.ok();
}

/// The common entry at `address`.
bool parse_common(Region const& frames, u64 address, u8& lsda_encoding,
                  FrameDescription& into) noexcept {
    Reader at(frames, address);
    Reader body = next_entry(at).body;
    if (body.fixed<u32>() != 0)
        return false;
    u8 const version = body.byte();
    auto const letters = body.text();
    if (version == 4)
        body.skip(2); // address and segment size
    else if (version != 1 && version != 3)
        return false;
    into.code_alignment = body.uleb();
    into.data_alignment = body.sleb();
    into.return_register = version == 1 ? body.byte() : body.uleb();
    if (!parse_augmentation(body, letters, lsda_encoding, into))
        return false;
    into.initial = body;
    return body.ok();
}

std::optional<FrameDescription> parse_body(Region const& commons, u64 address,
                                           Entry entry) noexcept {
    FrameDescription found{.address = address};
    u32 const back = entry.body.fixed<u32>();
    if (back == 0 || entry.terminator || !entry.body.ok())
        return std::nullopt; // a common entry or the end
    u8 lsda_encoding = omitted;
    if (!parse_common(commons, entry.identifier_address - back, lsda_encoding, found))
        return std::nullopt;
    auto const start = entry.body.pointer(found.address_encoding, {});
    found.start = start.value;
    found.size = entry.body.pointer(found.address_encoding & format_mask, {}).value;
    Reader augmentation = entry.body.take(entry.body.uleb());
    found.lsda = augmentation.pointer(lsda_encoding, {.function = found.start}).value;
    found.program = entry.body;
    if (!entry.body.ok() || !augmentation.ok() || start.indirect)
        return std::nullopt;
    return found;
}

std::optional<FrameDescription> scan(Region const& frames, u64 instruction) noexcept {
    Reader reader(frames);
    while (reader.more()) {
        u64 const address = reader.address();
        Entry const entry = next_entry(reader);
        if (entry.terminator)
            break;
        auto found = parse_body(frames, address, entry);
        if (found && found->covers(instruction))
            return found;
    }
    return std::nullopt;
}

} // namespace

std::optional<FrameDescription> parse_frame(Region const& frames, Region const& commons,
                                            u64 address) noexcept {
    Reader reader(frames, address);
    Entry const entry = next_entry(reader);
    return parse_body(commons, address, entry);
}

std::optional<FrameDescription> find_frame(FrameTables const& tables, u64 instruction) noexcept {
    // Header: version, three encodings, pointer to .eh_frame, count, then pairs sorted by code
    // address. Every linker writes the pairs as 32-bit offsets from the header.
    constexpr u8 usual = data_relative | sdata4;
    constexpr usize pair_size = 8;
    Reader header(tables.header);
    Reader::Bases const bases{.data = tables.header.address};
    u8 const version = header.byte();
    u8 const frame_encoding = header.byte();
    u8 const count_encoding = header.byte();
    u8 const table_encoding = header.byte();
    header.pointer(frame_encoding, bases);
    u64 const count = header.pointer(count_encoding, bases).value;
    if (!header.ok() || version != 1 || table_encoding != usual)
        return scan(tables.frames, instruction);
    if (count > header.left() / pair_size)
        return std::nullopt;

    auto const pair = [&](u64 index) {
        Reader at = header;
        at.skip(index * pair_size);
        return at.fixed<u64>(); // low half: code, high half: entry
    };
    auto const key = static_cast<i64>(instruction - tables.header.address);
    usize const before =
        count_up_to(count, key, [&](usize index) { return static_cast<i32>(pair(index)); });
    if (before == 0)
        return std::nullopt;
    auto const offset = static_cast<i32>(pair(before - 1) >> 32);
    auto found = parse_frame(tables.frames, tables.frames,
                             tables.header.address + static_cast<u64>(i64{offset}));
    if (!found || !found->covers(instruction))
        return std::nullopt;
    return found;
}

} // namespace dwarf
