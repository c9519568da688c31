// Counts what the kernel holds, from its page descriptors and slabs as they lie in memory.
#include "tests/faults/holdings.hpp"

#include <fmt/format.h>

namespace faults {
namespace {

// kernel/mem/page.hpp, kernel/mem/slab.hpp
constexpr u64 page_size = 4096;
constexpr u64 section_pages = 4096;
constexpr u64 chunk_pages = 1024;
constexpr u64 descriptor_size = 32;
constexpr u64 free_mark = 0x5ad1'f7ee'0b1e'c75d;
constexpr unsigned class_sizes[] = {16,   32,   48,   64,   80,   96,   112,  128,  160,  192,
                                    224,  256,  320,  384,  448,  512,  576,  640,  768,  896,
                                    1024, 1152, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096};
constexpr char const* uses[] = {"user", "page cache", "page table", "heap", "stack", "other"};

constexpr unsigned stack = 4;

enum State : unsigned {
    free_block = 1,
    frame = 4,
    run = 5,
    run_tail = 6,
    slab = 7,
    slab_tail = 8,
    large = 9
};

struct Descriptor {
    unsigned state = 0;
    unsigned order = 0;
    unsigned use = 0;
};

/// Of a frame that nobody manages, all zero.
Descriptor descriptor(PhysicalMemory const& memory, u64 directory, u64 frame_number) {
    u64 const entry = memory.word(directory + frame_number / section_pages * sizeof(u64));
    if ((entry >> (frame_number / chunk_pages % (section_pages / chunk_pages)) & 1) == 0)
        return {};
    u64 const array = entry / page_size * page_size;
    u64 const second = memory.word(array + frame_number % section_pages * descriptor_size + 4);
    return {static_cast<unsigned>(second & 0xff), static_cast<unsigned>(second >> 8 & 0xff),
            static_cast<unsigned>(second >> 16 & 0xff)};
}

/// At least eight objects, or a page of them.
u64 slab_bytes(unsigned size) {
    u64 bytes = page_size;
    while (bytes < u64{size} * 8)
        bytes *= 2;
    return bytes;
}

} // namespace

Holdings holdings(PhysicalMemory const& memory, u64 directory) {
    Holdings held;
    for (u64 number = 0; number < memory.size / page_size;) {
        auto const page = descriptor(memory, directory, number);
        u64 const at = memory.direct_map + number * page_size;
        // What lies behind the head of a free block says what it was.
        number += page.state == free_block ? u64{1} << page.order : 1;
        if (page.state == large)
            ++held["large heap objects"];
        // Stacks stay mapped for the next threads, as many as there ever were at a time.
        if ((page.state == frame || page.state == run || page.state == run_tail) &&
            page.use < std::size(uses) && page.use != stack)
            ++held[fmt::format("frames for {}", uses[page.use])];
        if (page.state == slab && page.order < std::size(class_sizes)) {
            unsigned const size = class_sizes[page.order];
            auto& objects = held[fmt::format("objects of {}", size)];
            for (u64 each = at; each + size <= at + slab_bytes(size); each += size)
                objects += memory.word(each + sizeof(u64)) != (each ^ free_mark);
        }
    }
    return held;
}

bool in_slab(PhysicalMemory const& memory, u64 directory, u64 address) {
    if (address < memory.direct_map || address - memory.direct_map >= memory.size)
        return false;
    auto const state =
        descriptor(memory, directory, (address - memory.direct_map) / page_size).state;
    return state == slab || state == slab_tail;
}

} // namespace faults
