// The kernel half on the host: frames of the arena mapped once more, at chosen addresses.
#include "kernel/arch/api/kernel_range.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/text.hpp"
#include "kernel/arch/host/machine.hpp"
#include "kernel/arch/host/physical.hpp"
#include "libs/base/bug.hpp"

#include <cstdlib>
#include <map>
#include <mutex>

#include <sys/mman.h>

namespace host {
namespace {

constexpr usize kernel_area_size = 1_GiB;

struct KernelHalf {
    std::mutex lock;
    VirtAddr start;
    std::map<VirtAddr, PhysAddr> pages;
};

KernelHalf& kernel_half() {
    static KernelHalf half;
    static bool const reserved = [] {
        void* const start = mmap(nullptr, kernel_area_size, PROT_NONE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (start == MAP_FAILED)
            std::abort();
        half.start = address_of(start);
        return true;
    }();
    (void)reserved;
    return half;
}

} // namespace
} // namespace host

namespace arch {

VirtAddr kernel_area_start() {
    return host::kernel_half().start;
}

VirtAddr kernel_area_end() {
    return host::kernel_half().start + host::kernel_area_size;
}

Result<void> map_kernel_page(VirtAddr at, PhysAddr frame, AccessFlags access, Caching) {
    auto& half = host::kernel_half();
    std::scoped_lock const lock(half.lock);
    ensure(at.is_page_aligned() && at >= half.start && at < half.start + host::kernel_area_size,
           "not in the kernel area");
    ensure(!half.pages.contains(at), "kernel page is mapped already");
    int const protection =
        (access.has(Access::read) ? PROT_READ : 0) | (access.has(Access::write) ? PROT_WRITE : 0);
    void* const wanted = pointer_to<void>(at);
    // A device, or what forks must not share: plain memory will do.
    bool const backed = frame.value() < host::arena_size && !host::is_on_one_thread();
    void* const got =
        mmap(wanted, page_size, protection,
             backed ? MAP_SHARED | MAP_FIXED : MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
             backed ? host::arena().file : -1, backed ? static_cast<off_t>(frame.value()) : 0);
    if (got != wanted)
        return fail(Errno::enomem);
    host::MachineWork const work;
    half.pages.emplace(at, frame);
    return {};
}

std::optional<PhysAddr> unmap_kernel_page(VirtAddr at) {
    auto& half = host::kernel_half();
    std::scoped_lock const lock(half.lock);
    auto const found = half.pages.find(at);
    if (found == half.pages.end())
        return std::nullopt;
    PhysAddr const frame = found->second;
    half.pages.erase(found);
    if (mmap(pointer_to<void>(at), page_size, PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
        std::abort();
    return frame;
}

void unmap_kernel_pages(VirtAddr start, usize pages,
                        FunctionRef<void(PhysAddr frame)> removed) noexcept {
    for (usize i = 0; i < pages; ++i)
        if (auto const frame = unmap_kernel_page(start + i * page_size))
            removed(*frame);
}

std::optional<PhysAddr> kernel_translate(VirtAddr at) {
    {
        auto& half = host::kernel_half();
        std::scoped_lock const lock(half.lock);
        auto const found = half.pages.find(at.page_down());
        if (found != half.pages.end())
            return found->second + at.page_offset();
    }
    u64 const offset = at - address_of(host::arena().start);
    if (offset < host::arena_size)
        return PhysAddr(offset);
    return std::nullopt;
}

void put_text(VirtAddr at, u64 word) noexcept {
    auto* const page = pointer_to<void>(VirtAddr(align_down(at.value(), page_size)));
    if (mprotect(page, page_size, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
        std::abort();
    *pointer_to<u64>(at) = word;
    mprotect(page, page_size, PROT_READ | PROT_EXEC);
}

} // namespace arch
