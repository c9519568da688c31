// Boot order, as one page of prose.
#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/ktest/ktest.hpp"
#include "kernel/log/log.hpp"
#include "kernel/mem/frames.hpp"

namespace {

class SerialSink final : public TextSink {
public:
    void write(std::string_view text) override { arch::early_write(text); }
};

} // namespace

void upcall::kernel_main() {
    klog::info("Linnet");
    mem::initialise_frames();
    arch::initialise_platform();
    arch::start_cpus();
    klog::info("{} CPUs", arch::cpu_count());
    if (ktest::count() != 0) {
        SerialSink serial;
        arch::exit_emulator(ktest::run_all(serial) == 0 ? 0x10 : 0x11);
    }
    arch::exit_emulator(0x10);
    arch::halt();
}

void upcall::secondary_cpu(usize) {
    arch::halt();
}
