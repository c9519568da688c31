// Boot order, as one page of prose.
#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/drivers/provoke/provoke.hpp"
#include "kernel/init/console.hpp"
#include "kernel/init/drivers.hpp"
#include "kernel/init/first_program.hpp"
#include "kernel/init/guard_text.hpp"
#include "kernel/init/options.hpp"
#include "kernel/init/root.hpp"
#include "kernel/init/tests.hpp"
#include "kernel/log/log.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/random/random.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/task/watchdog.hpp"
#include "kernel/terminal/terminal.hpp"

namespace {

/// The first kernel thread: everything that may sleep.
void start_system(void*) {
    cmdline::CommandLine const options(arch::boot_info().command_line);
    init::set_panic_behaviour(options);
    init::refuse_bad_words(options);
    init::set_watchdog(options);
    task::watch_this_cpu();
    arch::start_cpus(init::cpu_limit(options));
    klog::info("{cpus} CPUs", arch::cpu_count());
    init::run_tests_if_asked();

    auto const mounts = init::make_root();
    ensure(terminal::register_devices().has_value(), "no memory for terminals");
    device::start_devices(init::drivers, options);
    if (options.text("linnet.provoke") == "1")
        provoke::register_device(mounts);
    init::choose_console(options);
    init::start_first_program(mounts, options);
    init::guard_text();
}

} // namespace

void upcall::kernel_main() {
    auto const command_line = arch::boot_info().command_line;
    init::set_log_level(command_line);
    init::open_json_log(command_line);
    klog::notice("Linnet, started by {loader} with \"{command_line}\"", arch::boot_info().loader,
                 command_line);

    mem::initialise_frames();
    arch::initialise_platform();
    rng::initialise();
    task::initialise_this_cpu();
    auto const first = task::Thread::create("start", start_system, nullptr);
    ensure(first.has_value(), "no memory for the first thread");
    (*first)->start();
    task::idle();
}

void upcall::secondary_cpu(usize) {
    task::initialise_this_cpu();
    task::watch_this_cpu();
    task::idle();
}
