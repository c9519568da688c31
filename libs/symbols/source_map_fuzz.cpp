// Hostile DWARF: whatever the sections hold, a map of them is made in bounded time and in bounds.
#include "libs/symbols/source_map.hpp"
#include "libs/symbols/types.hpp"

#include <algorithm>

/// Each section begins with its size, two bytes; addresses are those below 64 KiB.
extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    auto rest = std::as_bytes(std::span(data, size));
    auto const next = [&] {
        if (rest.size() < 2)
            return ConstBytes();
        usize const wanted = std::to_integer<usize>(rest[0]) | std::to_integer<usize>(rest[1]) << 8;
        rest = rest.subspan(2);
        auto const section = rest.first(std::min(wanted, rest.size()));
        rest = rest.subspan(section.size());
        return ConstBytes(section.data(), section.size());
    };
    dwarf::DebugSections sections;
    sections.info = next();
    sections.abbrev = next();
    sections.line = next();
    sections.str = next();
    sections.line_str = next();
    sections.str_offsets = next();
    sections.addr = next();
    sections.ranges = next();
    sections.rnglists = next();
    SourceMap const map(sections, 0, 0x10000);
    for (std::uint64_t address = 0; address < 0x10000; address += 257)
        (void)map.frames_at(address);
    Types const types(sections);
    for (std::uint64_t at = 0; at < sections.info.size(); ++at) {
        Types::Type const type{0, at};
        (void)types.member(type, "a");
        (void)types.target(type);
        (void)types.count(type);
        (void)types.size(type);
    }
    return 0;
}
