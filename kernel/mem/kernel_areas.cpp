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

#include <utility>

namespace mem {
namespace {

/// Page numbers of the upper half of the kernel area.
struct Ranges {
    RangeSet free;
    bool ready = false;
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

Result<VirtAddr> reserve_range(usize pages) {
    auto const inside = ranges.lock();
    if (!inside->ready) {
        inside->free.give(first_of_ranges().page_number(),
                          (arch::kernel_area_end() - first_of_ranges()) >> page_shift);
        inside->ready = true;
    }
    auto const first = inside->free.take(pages + 1);
    if (!first)
        return fail(Errno::enomem);
    return VirtAddr(*first << page_shift);
}

void release_range(VirtAddr start, usize pages) noexcept {
    ranges.lock_even_poisoned()->free.give(start.page_number(), pages + 1);
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

void* allocate_area(usize pages) noexcept {
    if (!arch::interrupts_enabled() || pages > frame_statistics().free)
        return nullptr;
    auto const at = reserve_range(pages);
    if (!at)
        return nullptr;
    for (usize i = 0; i < pages; ++i) {
        auto frame = Frame::allocate(Fill::any, Use::heap);
        bool const mapped = frame && arch::map_kernel_page(*at + i * page_size, frame->address(),
                                                           arch::Access::read | arch::Access::write,
                                                           arch::Caching::write_back);
        if (!mapped) {
            unmap_pages(*at, i);
            release_range(*at, pages);
            return nullptr;
        }
        Page& page = page_of(std::move(*frame).leak());
        page.state = Page::State::large; // the first says how many there are
        page.number_of_pages = i == 0 ? pages : 0;
    }
    return pointer_to<void>(*at);
}

usize area_size(void const* memory) noexcept {
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
