// Host tests: the images of this process as modules, and its memory as readable memory.
#pragma once

#include "libs/unwind/step.hpp"

#include <cstdlib>
#include <link.h>
#include <utility>
#include <vector>

namespace unwind::host {

/// Reads this process directly; the tests only follow tables made by the compiler.
class OwnMemory final : public dwarf::Memory {
public:
    __attribute__((no_sanitize("address"))) bool read(u64 at, Bytes into) const noexcept override {
        if (at < page_size)
            return false;
        // Safe because the test's own stack and data are mapped.
        auto const* from = reinterpret_cast<std::byte const volatile*>(at);
        for (std::byte& byte : into)
            byte = *from++;
        return true;
    }
};

inline dwarf::Region region(u64 start, u64 end) {
    // Safe because the loader mapped [start, end).
    return {start, {reinterpret_cast<std::byte const*>(start), end - start}};
}

/// Everything the dynamic loader has mapped, with the segment around each table as its section.
inline std::vector<Module> modules() {
    std::vector<Module> found;
    dl_iterate_phdr(
        [](dl_phdr_info* info, usize, void* into) {
            Module module;
            u64 header = 0;
            u64 header_end = 0;
            for (int i = 0; i < info->dlpi_phnum; ++i) {
                auto const& segment = info->dlpi_phdr[i];
                u64 const start = info->dlpi_addr + segment.p_vaddr;
                if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0) {
                    module.text_start = start;
                    module.text_end = start + segment.p_memsz;
                }
                if (segment.p_type == PT_GNU_EH_FRAME) {
                    header = start;
                    header_end = start + segment.p_memsz;
                }
            }
            for (int i = 0; i < info->dlpi_phnum && header != 0; ++i) {
                auto const& segment = info->dlpi_phdr[i];
                u64 const start = info->dlpi_addr + segment.p_vaddr;
                if (segment.p_type == PT_LOAD && header - start < segment.p_memsz) {
                    auto const whole = region(start, start + segment.p_filesz);
                    module.tables.frames = whole;
                    module.lsda = whole;
                }
            }
            module.tables.header = region(header, header_end);
            if (header != 0)
                static_cast<std::vector<Module>*>(into)->push_back(module);
            return 0;
        },
        &found);
    return found;
}

/// Calls `function` once from a frame below one of the C library's.
inline void call_through_qsort(void (*function)()) {
    static void (*pending)();
    pending = function;
    int items[3] = {3, 1, 2};
    std::qsort(items, 3, sizeof(int), [](void const* a, void const* b) {
        if (auto* const once = std::exchange(pending, nullptr))
            once();
        return *static_cast<int const*>(a) - *static_cast<int const*>(b);
    });
}

} // namespace unwind::host
