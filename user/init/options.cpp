// Command line.
#include "user/init/options.hpp"

#include "user/options/options.hpp"
#include "user/os/process.hpp"

namespace {

constexpr Option known[] = {{'u', "units", "read unit files there", "DIRECTORY"},
                            {'r', "run", "have the FIFOs for svc there", "DIRECTORY"},
                            {'l', "log", "send lines of services to this FIFO, too", "FIFO"}};

} // namespace

Options read_options() {
    Options options;
    options.first = os::process_id() == Pid(1);
    if (options.first && !os::arguments()[1].starts_with("--units")) {
        options.system = !os::exists("/proc/self");
        return options;
    }
    CommandLine const line("",
                           "Starts the services of a directory and sees to it that they run. "
                           "As process 1 without options it also prepares the system.",
                           known);
    line.need_operands(0, 0);
    if (!line.value('u') || !line.value('r'))
        os::die(2, "as another process than the first it needs --units and --run; see --help");
    options.units = *line.value('u');
    options.run = *line.value('r');
    options.log = line.value('l').value_or("");
    return options;
}
