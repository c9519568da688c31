// Ranges of the kernel's virtual area: devices' registers and memory too large for runs.
#include "kernel/mem/kernel_areas.hpp"
#include "kernel/arch/api/kernel_range.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/mem/kernel_stack.hpp"
#include "kernel/mem/range_set.hpp"
#include "kernel/mem/testing.hpp"
#include "kernel/sync/locked.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/persist.hpp"

#include <utility>

namespace mem {
namespace {

/// Page numbers of the upper half of the kernel area.
struct Ranges {
    RangeSet free;
    RangeSet before; ///< when the lock was taken; it seldom is
    bool ready = false;

    void begin_section() { before = free; }

    /// After a bug under the lock.
    bool recover() {
        free = before;
        return true;
    }
};

constinit ksync::SpinLocked<Ranges, ksync::Rank::kernel_areas> ranges;

VirtAddr first_of_ranges() {
    u64 const size = arch::kernel_area_end() - arch::kernel_area_start();
    return (arch::kernel_area_start() + size / 2).page_up();
}

void unmap_pages(VirtAddr start, usize count) noexcept {
    arch::unmap_kernel_pages(start, count, [](PhysAddr frame) {
        page_of(frame).state = Page::State::frame;
        Frame::adopt(frame);
    });
}

} // namespace

bool map_fresh_page(VirtAddr at, Use use) {
    auto frame = Frame::allocate(Fill::any, use);
    if (!frame)
        return false;
    PhysAddr const page = std::move(*frame).leak(); // the mapping will have it
    bool mapped = false;
    try {
        mapped = arch::map_kernel_page(at, page, arch::Access::read | arch::Access::write,
                                       arch::Caching::write_back)
                     .has_value();
    } catch (...) {
        if (arch::kernel_translate(at) != page)
            Frame::adopt(page);
        throw;
    }
    if (!mapped)
        Frame::adopt(page);
    return mapped;
}

Result<VirtAddr> reserve_range(usize pages) {
    auto const inside = ranges.lock();
    if (!inside->ready)
        inside->free.give(first_of_ranges().page_number(),
                          (arch::kernel_area_end() - first_of_ranges()) >> page_shift);
    auto const first = inside->free.take(pages + 1);
    inside->ready = true;
    if (!first)
        return fail(Errno::enomem);
    return VirtAddr(*first << page_shift);
}

namespace {

[[gnu::noinline]] void give_range(VirtAddr start, usize pages) {
    ranges.lock()->free.give(start.page_number(), pages + 1);
}

} // namespace

void release_range(VirtAddr start, usize pages) noexcept {
    persist([=] { give_range(start, pages); });
}

Result<VirtAddr> map_device(PhysAddr start, usize bytes) {
    PhysAddr const first = start.page_down();
    usize const pages = ((start + bytes).page_up() - first) >> page_shift;
    VirtAddr const at = TRY(reserve_range(pages));
    for (usize i = 0; i < pages; ++i) {
        auto const mapped = arch::map_kernel_page(at + i * page_size, first + i * page_size,
                                                  arch::Access::read | arch::Access::write,
                                                  arch::Caching::uncached);
        if (mapped)
            continue;
        while (i-- > 0)
            (void)arch::unmap_kernel_page(at + i * page_size);
        release_range(at, pages);
        return std::unexpected(mapped.error());
    }
    return at + start.page_offset();
}

void* allocate_area(usize pages) {
    if (!arch::interrupts_enabled() || pages > frame_statistics().free)
        return nullptr;
    auto const at = reserve_range(pages);
    if (!at)
        return nullptr;
    auto const give_up = [&](usize mapped) {
        unmap_pages(*at, mapped);
        release_range(*at, pages);
    };
    try {
        for (usize i = 0; i < pages; ++i) {
            if (!map_fresh_page(*at + i * page_size, Use::heap)) {
                give_up(i);
                return nullptr;
            }
            Page& page = page_of(*arch::kernel_translate(*at + i * page_size));
            page.number_of_pages = i == 0 ? pages : 0; // the first says how many there are
            page.state = Page::State::large;
        }
    } catch (...) {
        give_up(pages);
        throw;
    }
    return pointer_to<void>(*at);
}

usize area_size(void const* memory) {
    auto const frame = arch::kernel_translate(address_of(memory));
    Page const* const page = frame ? find_page(*frame) : nullptr;
    return page != nullptr && page->state == Page::State::large ? page->number_of_pages * page_size
                                                                : 0;
}

void free_area(void* memory) {
    usize const pages = area_size(memory) / page_size;
    ensure(pages != 0 && address_of(memory).is_page_aligned(), "freeing what is not from the heap");
    unmap_pages(address_of(memory), pages);
    release_range(address_of(memory), pages);
}

namespace testing {

void reset_areas() noexcept {
    *ranges.lock_even_poisoned() = Ranges();
}

} // namespace testing
} // namespace mem
