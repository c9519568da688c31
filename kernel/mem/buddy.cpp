// Splits and merges blocks, and turns chunks of the boot map into blocks when they are needed.
#include "kernel/mem/buddy.hpp"

#include "kernel/arch/api/page_table.hpp"
#include "kernel/mem/address_sanitizer.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/memory.hpp"

#include <algorithm>
#include <bit>

namespace mem {
namespace {

constexpr u64 chunk_size = u64{1} << chunk_shift;

u64 block_size(u32 order) {
    return page_size << order;
}

usize pages_between(PhysAddr start, PhysAddr end) {
    return (end - start) >> page_shift;
}

} // namespace

VITAL void poison_pages(PhysAddr start, usize pages) noexcept {
    auto* const memory = pointer_to<void>(arch::direct_map(start));
#if defined(LINNET_POISON)
    show(memory, pages * page_size);
    std::memset(memory, 0xdf, pages * page_size);
#endif
    hide(memory, pages * page_size, Hidden::free_page);
}

VITAL void unpoison_pages(PhysAddr start, usize pages) noexcept {
    show(pointer_to<void>(arch::direct_map(start)), pages * page_size);
}

VITAL void Buddy::read_boot_map() noexcept {
    map_read_ = true;
    for (auto const& range : arch::boot_info().memory) {
        if (range.kind != arch::MemoryRange::Kind::usable)
            continue;
        ensure(range_count_ < max_ranges, "the boot memory map has too many ranges");
        PhysAddr const start = std::max(range.start.page_up(), PhysAddr(page_size));
        PhysAddr const limit(u64{directory_entries} * leaf_entries << section_shift);
        PhysAddr const end = std::min(range.end.page_down(), limit);
        if (start >= end)
            continue;
        ranges_[range_count_++] = {.start = start, .end = end};
        away_ += pages_between(start, end);
    }
    total_ = away_;
    next_chunk_ =
        PhysAddr(range_count_ == 0 ? 0 : align_down(ranges_[0].start.value(), chunk_size));
}

/// The parts of the boot map's usable ranges that lie in the chunk.
VITAL usize Buddy::pieces_of(PhysAddr chunk, Range* pieces) const noexcept {
    usize count = 0;
    for (usize i = 0; i < range_count_; ++i) {
        Range const piece{.start = std::max(ranges_[i].start, chunk),
                          .end = std::min(ranges_[i].end, chunk + chunk_size)};
        if (piece.start < piece.end)
            pieces[count++] = piece;
    }
    return count;
}

/// Descriptors live in the memory they describe, or anywhere when the chunk has no room.
VITAL bool Buddy::make_descriptors(PhysAddr chunk, Range* pieces, usize count) noexcept {
    auto const take = [&](usize pages) -> std::optional<PhysAddr> {
        for (usize i = 0; i < count; ++i) {
            if (pages_between(pieces[i].start, pieces[i].end) < pages)
                continue;
            PhysAddr const start = pieces[i].start;
            pieces[i].start += pages * page_size;
            away_ -= pages;
            return start;
        }
        u32 const order = static_cast<u32>(std::bit_width(pages - 1));
        for (u32 at = order; at <= max_order; ++at)
            if ((filled_ >> at & 1) != 0)
                return allocate(order);
        return std::nullopt;
    };
    if (sections::needs_leaf(chunk)) {
        auto const leaf = take(1);
        if (!leaf)
            return false;
        unpoison_pages(*leaf, 1);
        sections::add_leaf(chunk, *leaf);
    }
    if (sections::needs_array(chunk)) {
        auto const array = take(descriptor_pages);
        if (!array)
            return false;
        unpoison_pages(*array, descriptor_pages);
        sections::add_array(chunk, *array);
    }
    sections::make_ready(chunk);
    return true;
}

VITAL bool Buddy::grow_chunk(PhysAddr chunk) noexcept {
    if (sections::chunk_ready(chunk))
        return false;
    Range pieces[max_ranges];
    usize const count = pieces_of(chunk, pieces);
    bool const ready = make_descriptors(chunk, pieces, count);
    for (usize i = 0; i < count; ++i) {
        away_ -= pages_between(pieces[i].start, pieces[i].end);
        if (!ready)
            continue; // lost: too little memory to describe
        poison_pages(pieces[i].start, pages_between(pieces[i].start, pieces[i].end));
        free_range(pieces[i].start, pieces[i].end);
    }
    return ready && count != 0;
}

/// Takes over the next chunk that has usable memory; false when there is none.
VITAL bool Buddy::grow() noexcept {
    if (!map_read_)
        read_boot_map();
    for (;;) {
        PhysAddr next(~u64{0}); // skip holes in one step, however large
        for (usize i = 0; i < range_count_; ++i)
            if (ranges_[i].end > next_chunk_)
                next = std::min(
                    next, std::max(next_chunk_,
                                   PhysAddr(align_down(ranges_[i].start.value(), chunk_size))));
        if (next == PhysAddr(~u64{0}))
            return false;
        next_chunk_ = next + chunk_size;
        if (grow_chunk(next))
            return true;
    }
}

VITAL void Buddy::push(PhysAddr block, u32 order) noexcept {
    u32 const number = frame_number(block);
    Page& page = page_of(block);
    page.state = Page::State::free;
    page.order = static_cast<u8>(order);
    page.previous = 0;
    page.next = heads_[order];
    if (page.next != 0)
        page_of(frame_address(page.next)).previous = number;
    heads_[order] = number;
    filled_ |= 1u << order;
}

VITAL void Buddy::unlink(PhysAddr block, u32 order) noexcept {
    Page& page = page_of(block);
    if (page.previous != 0)
        page_of(frame_address(page.previous)).next = page.next;
    else
        heads_[order] = page.next;
    if (page.next != 0)
        page_of(frame_address(page.next)).previous = page.previous;
    if (heads_[order] == 0)
        filled_ &= ~(1u << order);
    page.state = Page::State::inside;
}

VITAL std::optional<PhysAddr> Buddy::allocate(u32 order) noexcept {
    if (order > max_order)
        return std::nullopt;
    u32 fitting = filled_ >> order << order;
    while (fitting == 0) {
        if (!grow())
            return std::nullopt;
        fitting = filled_ >> order << order;
    }
    u32 from = static_cast<u32>(std::countr_zero(fitting));
    PhysAddr const block = frame_address(heads_[from]);
    unlink(block, from);
    while (from > order) {
        --from;
        push(block + block_size(from), from);
    }
    free_ -= usize{1} << order;
    return block;
}

VITAL void Buddy::free(PhysAddr start, u32 order) noexcept {
    free_ += usize{1} << order;
    page_of(start).state = Page::State::inside;
    while (order < max_order) {
        PhysAddr const buddy(start.value() ^ block_size(order));
        Page const& page = page_of(buddy);
        if (page.state != Page::State::free || page.order != order)
            break;
        unlink(buddy, order);
        start = std::min(start, buddy);
        ++order;
    }
    push(start, order);
}

VITAL void Buddy::free_range(PhysAddr start, PhysAddr end) noexcept {
    while (start < end) {
        u32 order =
            std::min<u32>(max_order, static_cast<u32>(std::countr_zero(start.page_number())));
        while (start + block_size(order) > end)
            --order;
        free(start, order);
        start += block_size(order);
    }
}

VITAL void Buddy::add_memory(PhysAddr start, PhysAddr end) noexcept {
    if (!map_read_)
        read_boot_map();
    start = std::max(start.page_up(), PhysAddr(page_size));
    end = end.page_down();
    while (start < end) {
        PhysAddr const chunk(align_down(start.value(), chunk_size));
        Range piece{.start = start, .end = std::min(end, chunk + chunk_size)};
        start = piece.end;
        usize const pages = pages_between(piece.start, piece.end);
        total_ += pages;
        away_ += pages; // descriptors may take some of it
        if (!sections::chunk_ready(chunk))
            grow_chunk(chunk);
        bool const ready = sections::chunk_ready(chunk) || make_descriptors(chunk, &piece, 1);
        away_ -= pages_between(piece.start, piece.end);
        if (!ready)
            continue;
        poison_pages(piece.start, pages_between(piece.start, piece.end));
        free_range(piece.start, piece.end);
    }
}

VITAL usize Buddy::total_pages() noexcept {
    if (!map_read_)
        read_boot_map();
    return total_;
}

VITAL usize Buddy::free_pages() noexcept {
    if (!map_read_)
        read_boot_map();
    return free_ + away_;
}

} // namespace mem
