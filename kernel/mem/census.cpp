// Goes through all page descriptors for the objects, and through memory for what refers to them.
#include "kernel/mem/census.hpp"

#include "kernel/arch/api/page_table.hpp"
#include "kernel/mem/heap.hpp"
#include "kernel/mem/heap_checks.hpp"
#include "kernel/mem/slab.hpp"

#include <algorithm>

namespace mem {
namespace {

/// Each descriptor that there is, by frame.
void for_each_page(FunctionRef<void(u32 frame, Page const& page)> show) {
    constexpr usize section_frames = section_pages;
    for (usize leaf = 0; leaf < directory_entries; ++leaf) {
        auto* const entries = sections::directory[leaf].load();
        for (usize section = 0; entries != nullptr && section < leaf_entries; ++section) {
            u64 const entry = entries->entries[section].load();
            usize const first = (leaf * leaf_entries + section) * section_frames;
            for (usize i = 0; entry != 0 && i < section_frames; ++i) {
                auto const frame = static_cast<u32>(first + i);
                if ((entry & sections::ready_bit(frame_address(frame))) != 0)
                    show(frame, sections::array_of(entry)[i]);
            }
        }
    }
}

} // namespace

Result<Census> Census::prepare() {
    if (red_zone != 0)
        return fail(Errno::enosys);
    if (heap_statistics().bytes_reserved > most_bytes)
        return fail(Errno::efbig);
    usize blocks = 64;
    usize objects = 1024;
    for_each_size_class([&](SizeClassUse const& use) {
        blocks += use.slabs;
        objects += use.slabs * use.objects_per_slab;
    });
    for_each_page([&](u32, Page const& page) { blocks += page.state == Page::State::large; });
    try {
        Census census;
        census.blocks_.reserve(blocks + blocks / 4);
        census.counts_.resize(objects + objects / 4 + blocks, Counts());
        return census;
    } catch (std::bad_alloc const&) {
        return fail(Errno::enomem);
    }
}

bool Census::add(u32 frame, u32 pages, u32 object_bytes) {
    u32 const count = static_cast<u32>(pages * page_size) / object_bytes;
    if (blocks_.size() == blocks_.capacity() || objects_ + count > counts_.size())
        return false;
    blocks_.push_back({frame, pages, object_bytes, objects_});
    objects_ += count;
    return true;
}

bool Census::begin() {
    bool room = true;
    u32 large = 0;       // frame of the last one
    u32 large_pages = 0; // that it has
    for_each_page([&](u32 frame, Page const& page) {
        Page::State const state = page.state;
        // Of an area that is mapped page by page, anything may follow the head.
        if (large_pages > 1 && frame == large + 1 && state == Page::State::run_tail)
            room = room && add(large, large_pages, large_pages * static_cast<u32>(page_size));
        large = frame;
        large_pages = state == Page::State::large ? static_cast<u32>(page.number_of_pages) : 0;
        if (state == Page::State::slab && page.order < class_count)
            room = room && add(frame, 1u << slab_order(page.order), class_sizes[page.order]);
    });
    if (!room)
        return false;
    std::ranges::sort(blocks_, {}, &Block::frame);
    for_each_page([&](u32 frame, Page const& page) {
        if (page.account != nullptr)
            count(object_bytes(page.account), Kind::data, none);
        if (page.state == Page::State::large && block_of(frame) == nullptr)
            count({pointer_to<std::byte const>(arch::direct_map(frame_address(frame))), page_size},
                  Kind::data, none);
    });
    return true;
}

Census::Block const* Census::block_of(u64 frame) const {
    auto const after = std::ranges::upper_bound(blocks_, frame, {}, &Block::frame);
    if (after == blocks_.begin())
        return nullptr;
    Block const& block = *(after - 1);
    return frame - block.frame < block.pages ? &block : nullptr;
}

std::byte* Census::object_at(Block const& block, u32 index) const {
    return pointer_to<std::byte>(arch::direct_map(frame_address(block.frame))) +
           usize{index} * block.object_bytes;
}

bool Census::in_use(Block const& block, u32 index) const {
    // Safe because each object has room for the two words of a free one.
    return block.object_bytes > largest_class ||
           !reinterpret_cast<FreeObject const*>(object_at(block, index))->is_marked();
}

void Census::for_each_place(FunctionRef<void(Block const& block, u32 index)> show) const {
    for (Block const& block : blocks_) {
        auto const count = static_cast<u32>(block.pages * page_size) / block.object_bytes;
        for (u32 index = 0; index < count; ++index)
            show(block, index);
    }
}

void Census::count(ConstBytes memory, Kind kind, u32 from) {
    u64 const start = arch::direct_map(PhysAddr(0)).value();
    for (usize at = 0; at + sizeof(u64) <= memory.size(); at += sizeof(u64)) {
        u64 word = 0;
        __builtin_memcpy(&word, memory.data() + at, sizeof word);
        u64 const physical = word - start;
        Block const* const block = block_of(physical >> page_shift);
        if (block == nullptr)
            continue;
        auto const offset = static_cast<u32>(physical - frame_address(block->frame).value());
        u32 const index = offset / block->object_bytes;
        u32 const object = block->first + index;
        if ((index + 1) * block->object_bytes > block->pages * page_size)
            continue; // the rest of a slab
        Counts& counts = counts_[object];
        bool const to_start = offset % block->object_bytes < sizeof(u64) || kind == Kind::stack;
        counts.to_start += to_start && object != from;
        counts.from_others += object != from;
    }
}

void Census::count(ConstBytes memory, Kind kind) {
    count(memory, kind, none);
}

void Census::count_heap() {
    for_each_place([this](Block const& block, u32 index) {
        u32 const object = block.first + index;
        counts_[object].in_use = in_use(block, index);
        if (counts_[object].in_use)
            count({object_at(block, index), block.object_bytes}, Kind::data, object);
    });
}

void Census::judge(FunctionRef<u32(Object const& object)> lost) {
    for_each_place([&](Block const& block, u32 index) {
        Counts& counts = counts_[block.first + index];
        if (counts.in_use)
            counts.lost = lost(
                {object_at(block, index), block.object_bytes, counts.to_start, counts.from_others});
    });
}

void Census::for_each_with_lost(FunctionRef<void(void* object, u32 lost)> show) const {
    for_each_place([&](Block const& block, u32 index) {
        if (u32 const lost = counts_[block.first + index].lost; lost != 0)
            show(object_at(block, index), lost);
    });
}

} // namespace mem
