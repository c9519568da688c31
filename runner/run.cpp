// `linnet run`: boots the kernel and becomes the program that runs in it.
#include "runner/run.hpp"

#include "runner/archive.hpp"
#include "runner/backtrace.hpp"
#include "runner/console_unit.hpp"
#include "runner/explain.hpp"
#include "runner/failure.hpp"
#include "runner/guest_file.hpp"
#include "runner/running.hpp"
#include "runner/session.hpp"
#include "runner/terminal.hpp"
#include "runner/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace runner {
namespace {

constexpr std::string_view strace_prefix = "strace: ";
constexpr char const* gdb_port = "127.0.0.1:1234";

/// The root file system as QEMU gets it, and what follows from it.
struct Root {
    std::string path;
    Descriptor memory;
    Streams streams = Streams::terminal;
};

bool compressed(std::string const& archive) {
    return !archive.empty() && !archive.starts_with("07070");
}

std::string given_archive(RunOptions const& options) {
    if (!options.root.empty()) {
        if (!std::filesystem::is_directory(options.root))
            throw Failure(fmt::format("--root {}: not a directory", options.root),
                          "give a directory that holds the guest's files, or use --initrd FILE");
        ArchiveWriter archive;
        archive.tree(options.root);
        return archive.finish();
    }
    if (!options.initrd.empty())
        return read_file(options.initrd);
    return read_file(build_directory() + "/initramfs.cpio");
}

/// Decides what PID 1 is: the archive's own /init, or one of ours that runs the command.
Root make_root(RunOptions const& options, Streams streams) {
    auto archive = given_archive(options);
    bool const ours = options.root.empty() && options.initrd.empty();
    Root root;
    root.streams = streams;
    auto command = options.command;
    bool const services = options.services || (ours && command.empty());
    std::string_view shell = base_busybox;
    if (!ours) {
        auto const listing = list_archive(archive);
        if (services && !listing.has(std::string(own_init.substr(1))))
            throw Failure(fmt::format("the root file system has no {}", own_init),
                          "leave out --services, or add the program");
        if (command.empty() && !services && (listing.has("init") || !listing.error.empty())) {
            if (streams == Streams::separate)
                root.streams = Streams::terminal; // what its console may be
            root.memory = memory_file(archive);   // as it is: the kernel judges it
            root.path = fmt::format("/proc/self/fd/{}", root.memory.number());
            return root;
        }
        if (command.empty() && listing.has("bin/sh"))
            command = {"/bin/sh"};
        if (listing.error.empty() && compressed(archive)) {
            ArchiveWriter plain;
            plain.entries_of(archive);
            archive = plain.finish();
        }
        shell = own_busybox;
    }
    if (command.empty())
        command = services ? std::vector<std::string>{std::string(own_shell)}
                           : std::vector<std::string>{std::string(shell), "sh"};
    char const* const type = streams == Streams::console ? "linux" : std::getenv("TERM");
    auto const overlay = services ? services_overlay(command, streams, type ? type : "linux")
                                  : init_overlay(command, streams, shell, type ? type : "linux");
    root.memory = memory_file(padded(std::move(archive)) + overlay);
    root.path = fmt::format("/proc/self/fd/{}", root.memory.number());
    return root;
}

std::string kernel_words(RunOptions const& options, Streams streams) {
    bool const on_screen = streams == Streams::console;
    std::string words = on_screen                      ? "console=tty0"
                        : streams == Streams::terminal ? "console=hvc0"
                                                       : "console=ttyS0";
    words += " linnet.exit=report";
    // Traces come through the log.
    if (!options.log && !options.strace && !options.backtrace && !on_screen)
        words += " quiet";
    if (options.strace)
        words += " linnet.strace=1";
    if (options.backtrace)
        words += " linnet.backtrace=1";
    if (!options.log_json.empty())
        words += " linnet.log_json=1";
    if (!options.core.empty())
        words += " linnet.core=vport0p5";
    for (auto const& word : options.append)
        words += " " + word;
    return words;
}

void print_log(std::string const& raw_log, Explainer& explainer) {
    auto const log = explained(raw_log, explainer);
    if (log.empty())
        fmt::print(stderr, "linnet: the kernel wrote no log\n");
    else
        fmt::print(stderr, "--- kernel log ---\n{}{}--- end of kernel log ---\n", log,
                   log.ends_with('\n') ? "" : "\n");
}

/// Where the tasks of this process's machine are, or why that cannot be told.
std::string describe_tasks() {
    try {
        return backtrace_text({.machine = getpid(), .all = true});
    } catch (std::exception const& failure) {
        return fmt::format("not known: {}\n", failure.what());
    }
}

/// Turns the ending into an exit code and, unless it is the program's own, into words.
int judge(RunOptions const& options, Explainer& explainer, Result const& result) {
    using enum Ending::Kind;
    auto const& ending = result.ending;
    for (auto const& bug : result.report.records("bug"))
        fmt::print(stderr, "linnet: a kernel bug killed {}\n", bug);
    if (ending.kind == exited || ending.kind == aborted)
        return ending.status;
    if (ending.kind == power_off)
        return 0;
    if (!options.log)
        print_log(result.log, explainer);
    if (!result.qemu_messages.empty())
        fmt::print(stderr, "{}", result.qemu_messages);
    switch (ending.kind) {
    case panic:
        fmt::print(stderr, "linnet: the kernel panicked: {}\n", ending.text);
        break;
    case timed_out:
        fmt::print(stderr, "linnet: no end after {} seconds; ended the machine\n", options.timeout);
        return exit_timeout;
    default:
        fmt::print(stderr, "linnet: the machine failed: {}\n", ending.text);
        break;
    }
    if (!options.log)
        fmt::print(stderr, "linnet: run again with --log to see the log as it comes, "
                           "or `./linnet debug` to stop in gdb\n");
    return exit_failure;
}

/// The kind of window that QEMU and this session can open.
std::string find_display() {
    if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr)
        throw Failure(
            "there is no graphical session here to open a window in",
            "run it in one, or show the screen to VNC viewers: --display vnc=127.0.0.1:0");
    auto const known = output_of({"qemu-system-x86_64", "-display", "help"});
    for (std::string const kind : {"gtk", "sdl"})
        if (known.find("\n" + kind + "\n") != std::string::npos)
            return kind;
    throw Failure("this QEMU cannot open windows", "apt-get install qemu-system-gui");
}

} // namespace

std::string build_directory() {
    return std::filesystem::path(program_directory()).parent_path().string();
}

void mention_accelerator(std::string_view accelerator) {
    auto const marker = build_directory() + "/.kvm-mentioned";
    if (accelerator == "kvm" || std::filesystem::exists(marker))
        return;
    fmt::print(stderr, "linnet: no KVM on this machine: QEMU emulates the CPU, which is slower "
                       "(said only once)\n");
    write_file(marker, "");
}

Prepared prepare(RunOptions const& options, bool on_terminal) {
    if (!options.root.empty() && !options.initrd.empty())
        throw Failure("--root and --initrd exclude each other");
    Prepared prepared;
    auto& setup = prepared.setup;
    setup.machine = &find_machine(options.machine);
    if (options.display) {
        if (options.machine == RunOptions().machine)
            setup.machine = &find_machine("iso");
        if (setup.machine->boot != Machine::Boot::media)
            throw Failure(fmt::format("the machine {} has no screen", options.machine),
                          "choose --machine iso or iso-uefi");
        setup.display = options.display->empty() ? find_display() : *options.display;
    }
    setup.accelerator = options.accelerator.empty() ? best_accelerator() : options.accelerator;
    setup.cpus = options.cpus;
    setup.memory = options.memory;
    setup.kernel = options.kernel.empty() ? build_directory() + "/linnet.elf" : options.kernel;
    if (!std::filesystem::exists(setup.kernel))
        throw Failure(fmt::format("there is no kernel at {}", setup.kernel), "./linnet build");
    auto root = make_root(options, options.display ? Streams::console
                                   : on_terminal   ? Streams::terminal
                                                   : Streams::separate);
    setup.initrd = root.path;
    setup.streams = root.streams;
    setup.append = kernel_words(options, root.streams);
    prepared.root = std::move(root.memory);
    if (!options.log_json.empty()) {
        prepared.json_log = writable_file(options.log_json);
        setup.json_log = prepared.json_log.number();
    }
    if (!options.core.empty()) {
        std::error_code error;
        std::filesystem::create_directories(options.core, error);
        if (error)
            throw Failure(fmt::format("--core {}: {}", options.core, error.message()),
                          "give a directory that can be written");
        setup.cores = true;
    }
    return prepared;
}

int run(RunOptions const& options) {
    bool const on_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    auto prepared = prepare(options, on_terminal);
    auto& setup = prepared.setup;
    if (isatty(STDERR_FILENO))
        mention_accelerator(setup.accelerator);
    if (options.gdb) {
        setup.gdb_socket = fmt::format("tcp:{}", gdb_port);
        setup.paused = true;
        fmt::print(stderr, "linnet: waiting for gdb; connect with: gdb {} -ex 'target remote {}'\n",
                   setup.kernel, gdb_port);
    }

    std::optional<Announcement> announcement;
    if (!options.gdb)
        try {
            announcement.emplace(options.command.empty() ? "its init, or a shell"
                                                         : shell_quote(options.command),
                                 setup.kernel, prepared.root);
            setup.gdb_socket = qemu_server(announcement->gdb_socket());
        } catch (Failure const& failure) {
            fmt::print(stderr, "linnet: `./linnet bt` will not find this machine: {}\n",
                       failure.what());
        }

    bool const raw = on_terminal && setup.streams == Streams::terminal;
    Explainer explainer(setup.kernel, [&](std::string const& name) {
        return guest_file(read_file(setup.initrd), name);
    });
    Wiring wiring;
    wiring.core_directory = options.core;
    if (setup.streams != Streams::console) {
        wiring.input = STDIN_FILENO;
        wiring.output = STDOUT_FILENO;
        wiring.error = STDERR_FILENO;
        wiring.pass_resize = raw;
        wiring.pass_signals = !raw;
    }
    std::string tasks;
    if (options.timeout > 0) {
        wiring.timeout = std::chrono::milliseconds(static_cast<long>(options.timeout * 1000));
        if (announcement)
            wiring.on_timeout = [&] { tasks = describe_tasks(); };
    }
    if (options.log || options.strace || options.backtrace)
        wiring.on_log_line = [&, end = raw ? "\r\n" : "\n"](std::string const& line) {
            std::string_view text = line;
            // "[    0.072426] strace: ..."
            auto const is = [&](std::string_view prefix) {
                auto const at = text.find(prefix);
                if (at == text.npos || (at != 0 && !text.substr(0, at).ends_with("] ")))
                    return false;
                text.remove_prefix(at + prefix.size());
                return true;
            };
            if (!(options.strace && is(strace_prefix)) &&
                !(options.backtrace && is(backtrace_prefix)) && !options.log)
                return;
            fmt::print(stderr, "{}{}", text, end);
            for (auto const& more : LineSplitter().feed(explainer.explain(line)))
                fmt::print(stderr, "{}{}", more, end);
        };

    Result const result = [&] {
        std::optional<RawTerminal> terminal;
        if (raw)
            terminal.emplace();
        return run_session(setup, wiring);
    }();
    for (auto const& message : result.core_messages)
        fmt::print(stderr, "linnet: {}\n", message);
    if (!tasks.empty())
        fmt::print(stderr, "--- tasks at the timeout ---\n{}--- end of tasks ---\n", tasks);
    return judge(options, explainer, result);
}

} // namespace runner
