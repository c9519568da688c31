// operator new's memory and waiting for another thread's initialiser, as the shared runtime asks
// for them.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "user/abi/internal.hpp"

void arch::relax() {
    core::call(core::Syscall::sched_yield);
}

void* upcall::allocate_bytes(usize size, usize alignment) noexcept {
    return linnet_allocate(size, alignment);
}

void upcall::free_bytes(void* memory, usize) noexcept {
    linnet_free(memory);
}
