// The heap: blocks of one size share 64 KiB, larger ones are mapped; both go back to the kernel.
//
//   region (1 MiB, mapped at once)      slab (64 KiB, aligned)
//   +------+------+------+-- - - --+    +--------+-------+-------+-- - - --+-------+
//   | slab | slab | slab |  unused |    | header | block | block |  ...    | block |
//   +------+------+------+-- - - --+    +--------+-------+-------+-- - - --+-------+
//
// The header of a block is found at the 64 KiB boundary below it. A mapped block has its header
// there, too; when its alignment is 64 KiB or more, one boundary further down.
#include "user/abi/heap.hpp"

#include "abi/memory.hpp"
#include "user/abi/internal.hpp"
#include "user/abi/lock.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>
#include <utility>

namespace core {
namespace {

constexpr usize slab_size = 64_KiB;
constexpr usize region_size = 1_MiB;
constexpr usize header_size = 64;
constexpr u32 slab_mark = 0x536c'6162;
constexpr u32 mapped_mark = 0x4d61'7070;

struct FreeBlock {
    FreeBlock* next;
};

/// At the start of a slab, or before a mapped block.
struct alignas(header_size) Header {
    u32 mark;
    u32 size_class; ///< of a slab
    Header* next;   ///< slabs of the class with free blocks
    Header* previous;
    FreeBlock* free;
    u32 used;      ///< blocks that are handed out
    u32 fresh;     ///< offset of the first block that never was
    void* mapping; ///< of a mapped block
    usize mapping_size;
};

static_assert(sizeof(Header) == header_size);

/// The slabs of one size. Those without a free block are in no list.
struct SizeClass {
    Lock lock;
    Header* open = nullptr;
    Header* spare = nullptr; ///< one free slab is kept
};

constinit SizeClass classes[size_class_count];
constinit Lock region_lock;
constinit std::byte* region_next = nullptr;
constinit std::byte* region_end = nullptr;

[[noreturn]] void broken(std::string_view what) noexcept {
    linnet_panic(what.data(), what.size());
}

std::byte* map(usize size) noexcept {
    long const mapped = call(Syscall::mmap, 0, size, 3, 0x22, -1, 0);
    // Safe because the kernel answers with the address of the new mapping.
    return failed(mapped) ? nullptr : reinterpret_cast<std::byte*>(mapped);
}

void unmap(void* at, usize size) noexcept {
    call(Syscall::munmap, at, size);
}

std::byte* align(std::byte* at, usize alignment) noexcept {
    return reinterpret_cast<std::byte*>(align_up(reinterpret_cast<u64>(at), alignment));
}

std::byte* new_slab() noexcept {
    Locked const locked(region_lock);
    if (region_next == region_end) {
        auto* const fresh = map(region_size + slab_size);
        if (fresh == nullptr)
            return nullptr;
        region_next = align(fresh, slab_size);
        region_end = region_next + region_size;
        if (region_next != fresh)
            unmap(fresh, static_cast<usize>(region_next - fresh));
        auto* const end = fresh + region_size + slab_size;
        if (end != region_end)
            unmap(region_end, static_cast<usize>(end - region_end));
    }
    return std::exchange(region_next, region_next + slab_size);
}

void link(SizeClass& own, Header& slab) noexcept {
    slab.previous = nullptr;
    slab.next = own.open;
    if (own.open != nullptr)
        own.open->previous = &slab;
    own.open = &slab;
}

void unlink(SizeClass& own, Header& slab) noexcept {
    (slab.previous != nullptr ? slab.previous->next : own.open) = slab.next;
    if (slab.next != nullptr)
        slab.next->previous = slab.previous;
}

/// Blocks start where their alignment, the largest power of two in their size, lets them.
constexpr usize first_offset(usize size) {
    return std::max(header_size, std::min(size & (~size + 1), usize{4096}));
}

bool is_full(Header const& slab, usize size) noexcept {
    return slab.free == nullptr && slab.fresh + size > slab_size;
}

void* allocate_small(usize number) noexcept {
    SizeClass& own = std::span(classes).data()[number];
    usize const size = class_size(number);
    Locked const locked(own.lock);
    if (own.open == nullptr) {
        if (auto* const spare = std::exchange(own.spare, nullptr))
            link(own, *spare);
        else if (auto* const memory = new_slab())
            link(own, *::new (memory) Header{.mark = slab_mark,
                                             .size_class = static_cast<u32>(number),
                                             .fresh = static_cast<u32>(first_offset(size))});
        else
            return nullptr;
    }
    Header& slab = *own.open;
    void* block = slab.free;
    if (block != nullptr)
        slab.free = slab.free->next;
    else {
        block = reinterpret_cast<std::byte*>(&slab) + slab.fresh;
        slab.fresh += static_cast<u32>(size);
    }
    ++slab.used;
    if (is_full(slab, size))
        unlink(own, slab);
    return block;
}

void free_small(Header& slab, void* block) noexcept {
    SizeClass& own = std::span(classes).data()[slab.size_class];
    usize const size = class_size(slab.size_class);
    auto const offset =
        static_cast<usize>(static_cast<std::byte*>(block) - reinterpret_cast<std::byte*>(&slab));
    if (offset < first_offset(size) || (offset - first_offset(size)) % size != 0)
        broken("free() of what is no block of the heap");
    Header* unused = nullptr;
    {
        Locked const locked(own.lock);
        if (slab.free == block || slab.used == 0)
            broken("free() of a block that is free");
        bool const was_full = is_full(slab, size);
        slab.free = ::new (block) FreeBlock{slab.free};
        if (was_full)
            link(own, slab);
        if (--slab.used != 0)
            return;
        unlink(own, slab);
        unused = std::exchange(own.spare, &slab);
    }
    if (unused != nullptr)
        unmap(unused, slab_size);
}

void* allocate_mapped(usize size, usize alignment) noexcept {
    usize const before = std::max(alignment, header_size);
    usize const total =
        align_up(size + before + slab_size + (alignment > slab_size ? alignment : 0), page_size);
    if (total < size)
        return nullptr;
    auto* const memory = map(total);
    if (memory == nullptr)
        return nullptr;
    // The header's boundary, then the block behind it.
    auto* const block = alignment >= slab_size ? align(memory + slab_size, alignment)
                                               : align(memory, slab_size) + before;
    auto* const header = alignment >= slab_size ? block - slab_size : align(memory, slab_size);
    auto* const start =
        reinterpret_cast<std::byte*>(align_down(reinterpret_cast<u64>(header), page_size));
    auto* const end = align(block + size, page_size);
    if (start != memory)
        unmap(memory, static_cast<usize>(start - memory));
    if (end != memory + total)
        unmap(end, static_cast<usize>(memory + total - end));
    ::new (header) Header{
        .mark = mapped_mark, .mapping = start, .mapping_size = static_cast<usize>(end - start)};
    return block;
}

Header& header_of(void* block) noexcept {
    auto const at = reinterpret_cast<u64>(block);
    auto const boundary = align_down(at - 1, slab_size); // of an aligned block, the one before
    return *reinterpret_cast<Header*>(boundary);
}

usize usable(Header const& header, void* block) noexcept {
    if (header.mark == slab_mark)
        return class_size(header.size_class);
    return static_cast<usize>(static_cast<std::byte*>(header.mapping) + header.mapping_size -
                              static_cast<std::byte*>(block));
}

} // namespace
} // namespace core

using namespace core;

extern "C" {

void* linnet_allocate(size_t size, size_t alignment) {
    size = std::max(size, size_t{1});
    if (size > (usize{1} << 46))
        return nullptr;
    // A size that is a multiple of its alignment is in a class whose blocks are aligned so.
    usize const rounded = alignment > 16 ? align_up(size, alignment) : size;
    if (rounded <= largest_small && alignment <= 4096) {
        usize const number = class_of(rounded);
        if (class_size(number) % std::max<usize>(alignment, 16) == 0)
            return allocate_small(number);
    }
    return allocate_mapped(size, std::max<usize>(alignment, 16));
}

void linnet_free(void* block) {
    if (block == nullptr)
        return;
    Header& header = header_of(block);
    if (header.mark == slab_mark)
        free_small(header, block);
    else if (header.mark == mapped_mark)
        unmap(header.mapping, header.mapping_size);
    else
        broken("free() of what is no block of the heap");
}

void* linnet_reallocate(void* block, size_t size) {
    if (block == nullptr)
        return linnet_allocate(size, 16);
    Header const& header = header_of(block);
    if (header.mark != slab_mark && header.mark != mapped_mark)
        broken("reallocation of what is no block of the heap");
    usize const old = usable(header, block);
    if (size <= old && size > old / 2)
        return block;
    void* const fresh = linnet_allocate(size, 16);
    if (fresh != nullptr) {
        std::memcpy(fresh, block, std::min(old, size));
        linnet_free(block);
    }
    return fresh;
}

} // extern "C"
