// The kernel's C++ runtime in a host program: the program's images to unwind, and hooks to
// override.
//
// A program that links the CMake target linnet_host_runtime throws and catches with kernel/runtime
// in place of libgcc's unwinder and libstdc++'s personality, all shared libraries included: what an
// executable defines comes before what libraries define. Compile everything that shall unwind with
// ${linnet_host_runtime_flags} (GCC: faults get landing pads; no red zone, since resuming writes
// below the stack pointer). throw_faults.hpp turns SIGSEGV and its like into thrown bugs. The hooks
// below are weak: the rooms that define them in the kernel (sync, mem, arch/host) or a test
// override them. Not possible: pthread_exit() and pthread_cancel(), which load libgcc's unwinder;
// catching in images that dlopen() brought later.
#include "kernel/runtime/eh_state.hpp"
#include "kernel/runtime/hooks.hpp"
#include "kernel/runtime/modules.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/upcalls.hpp"

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "libs/unwind/host_modules.hpp"

#define DEFAULT __attribute__((weak))

// By the linker, around the section of VITAL functions; absent where there is none.
extern "C" std::byte const __start_text_vital[] DEFAULT, __stop_text_vital[] DEFAULT;

namespace {

std::vector<unwind::Module> const& images() {
    static std::vector<unwind::Module> const found = unwind::host::modules();
    return found;
}

/// At the start of the program: the path of a fault takes no lock and no memory.
__attribute__((constructor)) void find_images() {
    (void)images();
}

} // namespace

namespace runtime {

LoadedModules::LoadedModules() noexcept : list_(images()) {}

bool is_vital(u64 instruction) noexcept {
    return instruction >= address_of(__start_text_vital).value() &&
           instruction < address_of(__stop_text_vital).value();
}

DEFAULT EhState& eh_state() noexcept {
    static thread_local constinit EhState state{};
    return state;
}

DEFAULT void frame_left(u64, u64) noexcept {}

DEFAULT char const* vital_lock_held(u64, u64) noexcept {
    return nullptr;
}

DEFAULT void* keep_thread() noexcept {
    return nullptr; // the exceptions of a std::exception_ptr must not outlive their thread
}

DEFAULT void drop_thread(void*) noexcept {}

DEFAULT void note_fault(KernelBug const& bug, unwind::Frame const&) noexcept {
    note_bug(bug);
}

DEFAULT void halt_with_report(char const* why, KernelBug const* bug,
                              unwind::Frame const& where) noexcept {
    std::fprintf(stderr, "halt: %s (%s) at %#lx\n", why, bug != nullptr ? bug->what : "no bug",
                 where.registers[unwind::rip]);
    std::abort();
}

} // namespace runtime

DEFAULT void note_bug(KernelBug const&) noexcept {}

DEFAULT bool arch::in_interrupt() {
    return false;
}

DEFAULT void arch::relax() {
    std::this_thread::yield();
}

DEFAULT void* upcall::allocate_bytes(usize size, usize alignment) noexcept {
    return std::aligned_alloc(alignment, align_up(size, alignment));
}

DEFAULT void upcall::free_bytes(void* memory, usize) noexcept {
    std::free(memory);
}
