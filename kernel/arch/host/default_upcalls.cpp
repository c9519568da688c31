// Weak upcalls for tests that are linked without the room that defines the real one.
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/upcalls.hpp"

#include <cstdio>
#include <cstdlib>

#define DEFAULT __attribute__((weak))

namespace upcall {

DEFAULT bool user_access_fault(UserAddr, arch::AccessFlags) {
    return false;
}

DEFAULT Result<PhysAddr> allocate_table_frame() {
    return PhysAddr(page_size); // the host's tables live elsewhere
}

DEFAULT void free_table_frame(PhysAddr) noexcept {}

DEFAULT Result<PhysAddr> allocate_table_frame(PhysAddr&) {
    return allocate_table_frame();
}

DEFAULT void free_table_frames(PhysAddr) noexcept {}

DEFAULT void* allocate_bytes(usize size, usize alignment) noexcept {
    return std::aligned_alloc(alignment, align_up(size, alignment));
}

DEFAULT void free_bytes(void* memory, usize) noexcept {
    std::free(memory);
}

DEFAULT char const* guarded_stack_owner(VirtAddr) noexcept {
    return nullptr;
}

DEFAULT void interrupt(arch::Irq) noexcept {}

DEFAULT void timer_expired() noexcept {}

DEFAULT void reschedule() noexcept {}

DEFAULT void thread_started() noexcept {}

DEFAULT void secondary_cpu(usize) {
    std::abort();
}

DEFAULT void system_call(arch::UserRegisters&) noexcept {}

DEFAULT void user_fault(arch::UserRegisters&, UserFault const&) {}

DEFAULT void before_user(arch::UserRegisters&) {}

DEFAULT bool work_before_user() {
    return false;
}

DEFAULT void fatal(char const* what, void const*) noexcept {
    std::fprintf(stderr, "fatal: %s\n", what);
    arch::halt();
}

} // namespace upcall
