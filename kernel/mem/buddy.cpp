// Splits and merges blocks, and turns chunks of the boot map into blocks when they are needed.
#include "kernel/mem/buddy.hpp"

#include "kernel/arch/api/page_table.hpp"
#include "libs/base/bug.hpp"

#include <algorithm>
#include <bit>

namespace mem {
namespace {

constexpr u64 chunk_size = u64{1} << chunk_shift;

u64 block_size(u32 order) {
    return page_size << order;
}

/// The order of the largest block that begins at `start` and ends by `end`.
u32 block_at(PhysAddr start, PhysAddr end) {
    u32 order = std::min<u32>(max_order, static_cast<u32>(std::countr_zero(start.page_number())));
    while (start + block_size(order) > end)
        --order;
    return order;
}

usize pages_between(PhysAddr start, PhysAddr end) {
    return (end - start) >> page_shift;
}

} // namespace

/// Not undone: whoever reads it again reads the same.
void Buddy::read_boot_map() {
    range_count_ = 0;
    away_ = 0;
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
    map_read_ = true;
}

/// The parts of the boot map's usable ranges that lie in the chunk become `pieces_`.
usize Buddy::find_pieces(PhysAddr chunk) {
    usize count = 0;
    for (usize i = 0; i < range_count_; ++i) {
        Range const piece{.start = std::max(ranges_[i].start, chunk),
                          .end = std::min(ranges_[i].end, chunk + chunk_size)};
        if (piece.start < piece.end)
            pieces_[count++] = piece;
    }
    return count;
}

/// Descriptors live in the memory they describe, or anywhere when the chunk has no room.
std::optional<PhysAddr> Buddy::memory_for_descriptors(usize pages, usize count) {
    for (usize i = 0; i < count; ++i) {
        if (pages_between(pieces_[i].start, pieces_[i].end) < pages)
            continue;
        PhysAddr const start = pieces_[i].start;
        changes_.set(pieces_[i].start, start + pages * page_size);
        changes_.set(away_, away_ - pages);
        return start;
    }
    return allocate(static_cast<u32>(std::bit_width(pages - 1)));
}

bool Buddy::make_descriptors(PhysAddr chunk, usize count) {
    if (sections::needs_leaf(chunk)) {
        auto const leaf = memory_for_descriptors(1, count);
        if (!leaf)
            return false;
        unpoison_pages(*leaf, 1);
        changes_.set(sections::directory_entry(chunk), sections::make_leaf(*leaf));
    }
    auto& entry = sections::entry_of(*sections::leaf_of(chunk), chunk);
    if (entry.load() == 0) {
        auto const array = memory_for_descriptors(descriptor_pages, count);
        if (!array)
            return false;
        unpoison_pages(*array, descriptor_pages);
        changes_.set(entry, arch::direct_map(*array).value());
    }
    sections::clear_descriptors(chunk);
    changes_.set(entry, entry.load() | sections::ready_bit(chunk));
    return true;
}

/// Its usable memory becomes `pieces_`; false when it has none that could be described.
bool Buddy::take_over(PhysAddr chunk) {
    usize const count = sections::chunk_ready(chunk) ? 0 : find_pieces(chunk);
    bool const ready = count != 0 && make_descriptors(chunk, count);
    for (usize i = 0; i < count && !ready; ++i) // lost: too little memory to describe
        changes_.set(away_, away_ - pages_between(pieces_[i].start, pieces_[i].end));
    if (ready)
        changes_.set(piece_count_, count);
    return ready;
}

/// Makes blocks of `pieces_`.
void Buddy::finish_taking_over() {
    for (; piece_count_ != 0; --piece_count_) {
        Range& piece = pieces_[piece_count_ - 1];
        poison_pages(piece.start, pages_between(piece.start, piece.end));
        while (piece.start < piece.end) {
            PhysAddr const before = piece.start;
            u32 const order = block_at(before, piece.end);
            free_block(before, order);
            changes_.set(away_, away_ - (usize{1} << order));
            changes_.set(piece.start, before + block_size(order));
            changes_.commit();
        }
    }
}

bool Buddy::grow() {
    if (!map_read_)
        read_boot_map();
    bool grown = piece_count_ != 0; // a bug came between
    while (!grown) {
        PhysAddr next(~u64{0}); // skip holes in one step, however large
        for (usize i = 0; i < range_count_; ++i)
            if (ranges_[i].end > next_chunk_)
                next = std::min(
                    next, std::max(next_chunk_,
                                   PhysAddr(align_down(ranges_[i].start.value(), chunk_size))));
        if (next == PhysAddr(~u64{0}))
            return false;
        changes_.set(next_chunk_, next + chunk_size);
        grown = take_over(next);
        changes_.commit();
    }
    finish_taking_over();
    return true;
}

void Buddy::push(PhysAddr block, u32 order) {
    u32 const number = frame_number(block);
    Page& page = page_of(block);
    u32 const next = heads_[order];
    changes_.set(page.state, Page::State::free);
    changes_.set(page.order, static_cast<u8>(order));
    changes_.set(page.previous, 0u);
    changes_.set(page.next, next);
    if (next != 0)
        changes_.set(page_of(frame_address(next)).previous, number);
    changes_.set(heads_[order], number);
    changes_.set(filled_, filled_ | 1u << order);
}

void Buddy::unlink(PhysAddr block, u32 order) {
    Page& page = page_of(block);
    if (page.previous != 0)
        changes_.set(page_of(frame_address(page.previous)).next, page.next);
    else
        changes_.set(heads_[order], page.next);
    if (page.next != 0)
        changes_.set(page_of(frame_address(page.next)).previous, page.previous);
    if (heads_[order] == 0)
        changes_.set(filled_, filled_ & ~(1u << order));
    changes_.set(page.state, Page::State::inside);
}

std::optional<PhysAddr> Buddy::allocate(u32 order) {
    u32 const fitting = order <= max_order ? filled_ >> order << order : 0;
    if (fitting == 0)
        return std::nullopt;
    u32 from = static_cast<u32>(std::countr_zero(fitting));
    PhysAddr const block = frame_address(heads_[from]);
    unlink(block, from);
    while (from > order) {
        --from;
        push(block + block_size(from), from);
    }
    changes_.set(free_, free_ - (usize{1} << order));
    return block;
}

void Buddy::free_block(PhysAddr start, u32 order) {
    changes_.set(free_, free_ + (usize{1} << order));
    changes_.set(page_of(start).state, Page::State::inside);
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

void Buddy::free_range(PhysAddr& start, PhysAddr end) {
    while (start < end) {
        u32 const order = block_at(start, end);
        free_block(start, order);
        changes_.set(start, start + block_size(order));
        changes_.commit();
    }
}

void Buddy::add_memory(PhysAddr start, PhysAddr end) {
    if (!map_read_)
        read_boot_map();
    finish_taking_over();
    start = std::max(start.page_up(), PhysAddr(page_size));
    end = end.page_down();
    while (start < end) {
        PhysAddr const chunk(align_down(start.value(), chunk_size));
        if (take_over(chunk))
            finish_taking_over();
        PhysAddr const stop = std::min(end, chunk + chunk_size);
        usize const pages = pages_between(start, stop);
        changes_.set(total_, total_ + pages);
        changes_.set(away_, away_ + pages); // descriptors may take some of it
        pieces_[0] = {.start = start, .end = stop};
        if (sections::chunk_ready(chunk) || make_descriptors(chunk, 1))
            changes_.set(piece_count_, usize{1});
        else
            changes_.set(away_, away_ - pages_between(pieces_[0].start, stop));
        changes_.commit();
        finish_taking_over();
        start = stop;
    }
}

usize Buddy::total_pages() {
    if (!map_read_)
        read_boot_map();
    return total_;
}

usize Buddy::free_pages() {
    if (!map_read_)
        read_boot_map();
    return free_ + away_;
}

} // namespace mem
