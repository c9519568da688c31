// Until kernel/mem provides a heap there is none: allocations fail, and exceptions use the reserve.
#include "kernel/arch/api/upcalls.hpp"

__attribute__((weak)) void* upcall::allocate_bytes(usize, usize) noexcept {
    return nullptr;
}

__attribute__((weak)) void upcall::free_bytes(void*, usize) noexcept {}
