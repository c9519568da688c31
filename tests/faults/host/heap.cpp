// Two heaps in one process: what runs as the kernel allocates from the kernel's, programs and the
// machine from the C library's.
#include "tests/faults/host/heap.hpp"

#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/host/machine.hpp"
#include "kernel/arch/host/physical.hpp"
#include "kernel/host_system/refusals.hpp"
#include "libs/base/bug.hpp"

#include <cstdlib>
#include <new>

namespace {

constinit bool both = false;

void* allocate(usize size, usize alignment) noexcept {
    size = size != 0 ? size : 1;
    bool const kernel = host_system::is_in_kernel() || host_system::KernelWork::going_on();
    if (both && kernel && !host::MachineWork::going_on())
        return upcall::allocate_bytes(size, alignment);
    return std::aligned_alloc(alignment, align_up(size, alignment));
}

void* allocate_or_throw(usize size, usize alignment) {
    void* const memory = allocate(size, alignment);
    if (memory == nullptr)
        throw_out_of_memory();
    return memory;
}

bool is_kernels(void const* memory) noexcept {
    VirtAddr const at = address_of(memory);
    VirtAddr const arena = address_of(host::arena().start);
    return (at >= arena && at < arena + host::arena_size) ||
           (at >= arch::kernel_area_start() && at < arch::kernel_area_end());
}

void release(void* memory, usize size) noexcept {
    if (both && is_kernels(memory))
        upcall::free_bytes(memory, size);
    else
        std::free(memory);
}

constexpr usize usual = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

constexpr usize number(std::align_val_t alignment) {
    auto const value = static_cast<usize>(alignment);
    return value < usual ? usual : value;
}

} // namespace

void faults::host::use_kernel_heap() noexcept {
    both = true;
}

void* operator new(usize size) {
    return allocate_or_throw(size, usual);
}

void* operator new[](usize size) {
    return allocate_or_throw(size, usual);
}

void* operator new(usize size, std::align_val_t alignment) {
    return allocate_or_throw(size, number(alignment));
}

void* operator new[](usize size, std::align_val_t alignment) {
    return allocate_or_throw(size, number(alignment));
}

void* operator new(usize size, std::nothrow_t const&) noexcept {
    return allocate(size, usual);
}

void* operator new[](usize size, std::nothrow_t const&) noexcept {
    return allocate(size, usual);
}

void* operator new(usize size, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    return allocate(size, number(alignment));
}

void* operator new[](usize size, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    return allocate(size, number(alignment));
}

void operator delete(void* memory) noexcept {
    release(memory, 0);
}

void operator delete[](void* memory) noexcept {
    release(memory, 0);
}

void operator delete(void* memory, usize size) noexcept {
    release(memory, size);
}

void operator delete[](void* memory, usize size) noexcept {
    release(memory, size);
}

void operator delete(void* memory, std::align_val_t) noexcept {
    release(memory, 0);
}

void operator delete[](void* memory, std::align_val_t) noexcept {
    release(memory, 0);
}

void operator delete(void* memory, usize size, std::align_val_t) noexcept {
    release(memory, size);
}

void operator delete[](void* memory, usize size, std::align_val_t) noexcept {
    release(memory, size);
}
