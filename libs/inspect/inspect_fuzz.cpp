// Fuzzes core dumps, images and /proc/PID/maps: whatever they hold, nothing reads outside them.
#include "libs/inspect/core_reader.hpp"
#include "libs/inspect/image_file.hpp"
#include "libs/inspect/places.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    auto const input = std::as_bytes(std::span(data, size));
    if (auto const core = inspect::read_core(input)) {
        for (auto const& memory : core->memory)
            if (memory.bytes.size() > size)
                std::abort();
        for (auto const& mapping : core->mappings)
            if (mapping.start >= mapping.end ||
                inspect::mapping_at(core->mappings, mapping.start) == nullptr)
                std::abort();
    }
    inspect::ImageFile const image(input);
    u64 const address = size < 8 ? 0 : data[7] * u64{16};
    if (auto const symbol = image.symbol_at(address); symbol && symbol->start > address)
        std::abort();
    for (auto const& place : inspect::places_at(image.debug_sections(), address))
        if (place.line == 0 && !place.file.empty())
            std::abort();
    (void)inspect::parse_maps(text_of(input));
    return 0;
}
