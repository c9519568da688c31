// Slabs: runs of pages cut into objects of one size class.
//
//   page descriptor of the head          memory of the slab
//   +------------------------------+     +--------+--------+--------+- - -+--------+------+
//   | state slab, order = class    |     | object | free --|->free -|->   | object | rest |
//   | shares = objects handed out  |     +--------+--------+--------+- - -+--------+------+
//   | free_objects ----------------|--------------^
//   | next, previous: partial list |     a free object: | next | its address ^ mark | ...
//   +------------------------------+
#pragma once

#include "kernel/mem/page.hpp"

#include <array>

namespace mem {

inline constexpr std::array<u16, 30> class_sizes = {
    16,  32,  48,  64,  80,  96,   112,  128,  160,  192,  224,  256,  320,  384,  448,
    512, 576, 640, 768, 896, 1024, 1152, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096};
inline constexpr usize class_count = class_sizes.size();
inline constexpr usize largest_class = class_sizes[class_count - 1];

/// Pages of a slab as a power of two: at least eight objects, or a page of them.
constexpr u32 slab_order(usize index) {
    u32 order = 0;
    while ((page_size << order) < usize{class_sizes[index]} * 8)
        ++order;
    return order;
}

constexpr usize slab_objects(usize index) {
    return (page_size << slab_order(index)) / class_sizes[index];
}

/// By size in units of 32 bytes, rounded up: the first class to look at.
inline constexpr auto first_class = [] {
    std::array<u8, largest_class / 32 + 1> table{};
    for (usize unit = 0; unit < table.size(); ++unit) {
        usize const least = unit == 0 ? 0 : (unit - 1) * 32 + 1; // smallest size in this unit
        while (class_sizes[table[unit]] < least)
            ++table[unit];
    }
    return table;
}();

/// The smallest class that holds `bytes` at `alignment`; class_count when none does.
constexpr usize class_for(usize bytes, usize alignment) {
    if (bytes > largest_class)
        return class_count;
    usize index = first_class[(bytes + 31) / 32];
    while (index < class_count &&
           (class_sizes[index] < bytes || (class_sizes[index] & (alignment - 1)) != 0))
        ++index;
    return index;
}

/// The mark in a free object's second word; one that is found there already means a double free.
struct FreeObject {
    static constexpr u64 mark = 0x5ad1'f7ee'0b1e'c75d;
    FreeObject* next;
    u64 sign;

    bool is_marked() const { return sign == (address_of(this).value() ^ mark); }

    void set_mark() { sign = address_of(this).value() ^ mark; }
};

/// Takes up to `wanted` objects of a class into `objects`; fewer when memory is short. Locks.
usize take_objects(usize index, void** objects, usize wanted) noexcept;
/// Gives marked objects back to their slabs, the last first, until `count` is down to `keep`.
/// Locks.
void put_objects(usize index, void** objects, u64& count, u64 keep) noexcept;

struct SlabUse {
    usize objects; ///< that are not in their slab
    usize slabs;
};

SlabUse slab_use(usize index);
/// Bytes of objects that are not in their slab.
usize slab_bytes_used();
/// Frees the slabs that are kept although they are empty.
void free_empty_slabs() noexcept;
void reset_slabs() noexcept;

} // namespace mem
