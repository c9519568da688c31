// Hostile tables of names and lines: they read as garbage in bounded time, never beyond.
#include "libs/unwind/line_table.hpp"
#include "libs/unwind/symbol_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

/// The first two bytes are the size of the table of names, which the one of lines follows; both get
/// their magic numbers.
extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    if (size < 10 || size > 65536)
        return 0;
    usize const cut = std::min<usize>(size - 6, 4 + (data[0] | data[1] << 8));
    auto* const copy = static_cast<std::byte*>(std::malloc(size - 2)); // so that ASan knows its end
    std::memcpy(copy, data + 2, size - 2);
    std::memcpy(copy, &unwind::SymbolTable::magic, 4);
    std::memcpy(copy + cut, &unwind::LineTable::magic, 4);
    unwind::SymbolTable const names({copy, cut});
    unwind::LineTable const lines({copy + cut, size - 2 - cut});
    for (u32 offset = 0; offset < 0x200; offset += 61) {
        unwind::LineTable::Frame frames[unwind::LineTable::deepest];
        usize const count = lines.find(offset, frames);
        if (count > unwind::LineTable::deepest)
            std::abort();
        char buffer[unwind::SymbolTable::longest_name];
        for (usize i = 0; i < count; ++i) {
            (void)names.name(frames[i].name, buffer);
            (void)names.name(lines.file_name(frames[i]), buffer);
        }
        if (auto const index = names.find(offset))
            (void)names.name(*index, buffer);
    }
    std::free(copy);
    return 0;
}
