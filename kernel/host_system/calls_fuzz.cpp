// Fuzzes system calls: any sequence, by any number of processes, leaves nothing behind.
#include "kernel/arch/host/machine.hpp"
#include "kernel/host_system/leaks.hpp"
#include "kernel/host_system/script.hpp"
#include "kernel/host_system/system.hpp"

#include <cstdlib>

using namespace host_system;

namespace {

void play(std::span<u8 const> bytes) {
    Script script(bytes);
    run([&script](User& user) { script.play(user); });
    sys::set_tracing(false);
    static_cast<void>(host::take_console());
    static_cast<void>(host::take_reports());
}

/// Something that is made once and kept does not come again; a leak does.
void check_leaks(std::span<u8 const> bytes) {
    Living before{};
    for (int i = 0; i < 3; ++i) {
        before = living();
        if (i == 2)
            note_allocations();
        play(bytes);
        if (!living().more_than(before))
            return;
    }
    print_leaks(before);
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    boot();
    auto const before = living();
    play({data, size});
    if (living().more_than(before))
        check_leaks({data, size});
    return 0;
}
