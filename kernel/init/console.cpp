// Applies console= to /dev/console.
#include "kernel/init/console.hpp"

#include "kernel/log/log.hpp"
#include "kernel/terminal/terminal.hpp"

namespace init {

void choose_console(cmdline::CommandLine const& options) {
    Ref<terminal::Terminal> chosen;
    for (auto const text : options.all("console")) {
        auto const name = text.substr(0, text.find(',')); // "ttyS0,115200n8"
        if (auto found = terminal::find_terminal(name)) {
            found->show_log();
            chosen = std::move(found);
        } else
            klog::warn("console={}: there is no such terminal", text);
    }
    // As on Linux: the screen, else the first serial port.
    for (auto const* const name : {"tty0", "ttyS0", "hvc0"})
        if (!chosen && (chosen = terminal::find_terminal(name)))
            chosen->show_log();
    if (chosen)
        klog::info("/dev/console is {terminal}", chosen->name());
    terminal::set_console(std::move(chosen));
}

} // namespace init
