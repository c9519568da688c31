// A bug of the kernel ends the host's system at once, where it happens.
#include "libs/base/bug.hpp"

#include "kernel/arch/host/machine.hpp"

#include <cstdio>
#include <cstdlib>

void note_bug(KernelBug const& bug) noexcept {
    std::fprintf(stderr, "%skernel bug: %s\n", host::take_console().c_str(), bug.what);
    std::abort();
}

u32 bugs_in_flight() noexcept {
    return 0;
}
