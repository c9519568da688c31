// `linnet debug`: a machine that waits for gdb, and gdb.
#include "runner/debug.hpp"

#include "runner/failure.hpp"
#include "runner/running.hpp"
#include "runner/session.hpp"
#include "runner/text.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace runner {
namespace {

/// A terminal for the guest, to be opened in another window.
struct GuestTerminal {
    Descriptor master;
    Descriptor slave; ///< held, so that the master works before and between visitors
    std::string name;

    static GuestTerminal open() {
        GuestTerminal terminal;
        // Not blocking: while nobody reads it, the guest waits, and we do not.
        terminal.master = Descriptor(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
        if (!terminal.master || grantpt(terminal.master.number()) != 0 ||
            unlockpt(terminal.master.number()) != 0)
            throw Failure("no pseudo-terminal for the guest");
        terminal.name = ptsname(terminal.master.number());
        terminal.slave = Descriptor(::open(terminal.name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
        termios mode{};
        tcgetattr(terminal.slave.number(), &mode);
        cfmakeraw(&mode); // the guest has a line discipline of its own
        tcsetattr(terminal.slave.number(), TCSANOW, &mode);
        return terminal;
    }
};

/// The machine, in a process of its own so that gdb's Ctrl-C does not reach it.
[[noreturn]] void run_machine(Setup const& setup, GuestTerminal const& terminal,
                              std::string const& log) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    Wiring wiring;
    wiring.input = wiring.output = terminal.master.number();
    int const file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    wiring.on_log_line = [file](std::string const& line) {
        auto const text = line + "\n";
        (void)!write(file, text.data(), text.size());
    };
    int status = exit_failure;
    try {
        auto const result = run_session(setup, wiring);
        auto const text =
            fmt::format("{}machine ended: {}\n", result.qemu_messages, result.ending.text);
        (void)!write(file, text.data(), text.size());
        status = result.ending.status;
    } catch (std::exception const& failure) {
        fmt::print(stderr, "linnet: {}\n", failure.what());
    }
    _exit(status);
}

} // namespace

int debug(RunOptions const& options) {
    auto prepared = prepare(options, true);
    Announcement const announcement(shell_quote(options.command), prepared.setup.kernel,
                                    prepared.root, Announcement::Debugger::attached);
    auto const socket = announcement.gdb_socket();
    prepared.setup.gdb_socket = qemu_server(socket);
    prepared.setup.paused = true;
    auto const terminal = GuestTerminal::open();
    auto const log = build_directory() + "/debug.log";
    fmt::print(stderr,
               "linnet: the guest's terminal is {0}; open it in another window with: busybox "
               "microcom {0} (a guest that prints much waits for a reader)\n"
               "linnet: the kernel log goes to {1}\n",
               terminal.name, log);
    pid_t const machine = fork();
    if (machine == 0)
        run_machine(prepared.setup, terminal, log);
    for (int i = 0; i < 200 && !std::filesystem::exists(socket); ++i)
        usleep(20'000);

    std::signal(SIGINT, SIG_IGN); // it is gdb's
    pid_t const gdb = fork();
    if (gdb == 0) {
        std::signal(SIGINT, SIG_DFL);
        auto const target = "target remote " + socket;
        // For the command `stack`: what reads stacks, the machine, and the way back to it.
        setenv("LINNET_RUNNER", (program_directory() + "/linnet-runner").c_str(), 1);
        setenv("LINNET_MACHINE", std::to_string(getppid()).c_str(), 1);
        setenv("LINNET_GDB", socket.c_str(), 1);
        auto const sources =
            "directory " + build_directory(); // what the debug information is relative to
        execlp("gdb", "gdb", "-q", "-ex", "set confirm off", "-ex", sources.c_str(), "-ex",
               target.c_str(), "-x", LINNET_GDB_SCRIPT, prepared.setup.kernel.c_str(), nullptr);
        fmt::print(stderr, "linnet: cannot start gdb\nlinnet: next: apt-get install gdb\n");
        _exit(exit_failure);
    }
    int status = 0;
    waitpid(gdb, &status, 0);
    kill(machine, SIGTERM);
    waitpid(machine, nullptr, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace runner
