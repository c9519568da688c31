// operator new and delete: the kernel heap, with std::bad_alloc when it has nothing left.
#include "kernel/arch/api/upcalls.hpp"
#include "libs/base/bug.hpp"

#include <new>

namespace {

void* allocate(usize size, usize alignment) noexcept {
    return upcall::allocate_bytes(size != 0 ? size : 1, alignment);
}

void* allocate_or_throw(usize size, usize alignment) {
    void* const memory = allocate(size, alignment);
    if (memory == nullptr)
        throw_out_of_memory();
    return memory;
}

/// `size` 0 means that it is not known.
void release(void* memory, usize size) noexcept {
    if (memory != nullptr)
        upcall::free_bytes(memory, size);
}

constexpr usize usual = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

constexpr usize number(std::align_val_t alignment) {
    auto const value = static_cast<usize>(alignment);
    return value < usual ? usual : value;
}

} // namespace

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

// Sizes of zero were allocated as one: both are in the smallest class.
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

void operator delete(void* memory, usize, std::align_val_t) noexcept {
    release(memory, 0); // the alignment may have chosen a larger class than the size
}

void operator delete[](void* memory, usize, std::align_val_t) noexcept {
    release(memory, 0);
}

void operator delete(void* memory, std::nothrow_t const&) noexcept {
    release(memory, 0);
}

void operator delete[](void* memory, std::nothrow_t const&) noexcept {
    release(memory, 0);
}

void operator delete(void* memory, std::align_val_t, std::nothrow_t const&) noexcept {
    release(memory, 0);
}

void operator delete[](void* memory, std::align_val_t, std::nothrow_t const&) noexcept {
    release(memory, 0);
}
