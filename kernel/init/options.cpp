// Applies options of the command line that concern the log, panics and CPUs, as Linux means them.
#include "kernel/init/options.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/init/give_up.hpp"
#include "kernel/log/log.hpp"
#include "kernel/report/options.hpp"
#include "kernel/task/watchdog.hpp"

#include <algorithm>

namespace init {

void refuse_bad_words(cmdline::CommandLine const& options) {
    auto const& complaints = options.complaints();
    if (complaints.empty())
        return;
    for (auto const& complaint : complaints)
        klog::emergency("command line: {}", complaint.view());
    give_up("bad command line: {}", complaints[0].view());
}

void set_log_level(std::string_view command_line) {
    if (cmdline::find(command_line, "quiet"))
        klog::set_console_level(4);
    if (cmdline::find(command_line, "debug"))
        klog::set_console_level(10);
    if (auto const text = cmdline::find(command_line, "loglevel"))
        if (auto const level = cmdline::parse_number(*text))
            klog::set_console_level(static_cast<u32>(std::clamp<i64>(*level, 1, 10)));
    if (cmdline::find(command_line, "ignore_loglevel"))
        klog::set_console_level(10);
}

void open_json_log(std::string_view command_line) {
    if (cmdline::find(command_line, "linnet.log_json") == "1")
        klog::open_json_port();
}

void set_panic_behaviour(cmdline::CommandLine const& options) {
    report::set_panic_options({.reboot_after = options.number("panic").value_or(0),
                               .on_any_bug = options.text("oops") == "panic"});
}

void set_watchdog(cmdline::CommandLine const& options) {
    constexpr i64 usual = 10; // seconds, as on Linux
    constexpr i64 most = 60;
    if (options.has("nowatchdog") || options.has("nosoftlockup"))
        return;
    i64 const seconds = std::min(options.number("watchdog_thresh").value_or(usual), most);
    task::set_watchdog(Nanoseconds::seconds(seconds), report::describe_stall);
}

usize cpu_limit(cmdline::CommandLine const& options) {
    if (options.has("nosmp"))
        return 1;
    i64 most = arch::max_cpus;
    for (auto const* const name : {"maxcpus", "nr_cpus"})
        if (auto const given = options.number(name))
            most = std::min(most, std::max<i64>(*given, 1));
    return static_cast<usize>(most);
}

} // namespace init
