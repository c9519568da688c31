// The `linnet` command line: what can be said, and what then is called.
#include "bench/command.hpp"
#include "runner/backtrace.hpp"
#include "runner/debug.hpp"
#include "runner/failure.hpp"
#include "runner/image.hpp"
#include "runner/initramfs.hpp"
#include "runner/machine.hpp"
#include "runner/os.hpp"
#include "runner/run.hpp"
#include "runner/test.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace {

constexpr char const* exit_codes = R"(
Exit code: that of the command in the guest (128 + signal if a signal ended it); 124 when --timeout
ended it; 125 when the kernel or the virtual machine failed, with the kernel log on stderr.

On a terminal the guest owns the keyboard, Ctrl-C included; Ctrl-] three times ends the machine.
With stdin or stdout redirected, stdin, stdout and stderr pass through byte for byte; Ctrl-C
interrupts what runs in the guest, a second one ends the machine.

Examples:
  linnet run                          a shell, and the services
  linnet run -- uname -a              one program
  echo hello | linnet run -- wc -c    with the streams of your shell
  linnet run -c 4 --machine q35 --log four CPUs on a PC, with the kernel log)";

std::string machine_help() {
    std::string text = "shape of the virtual machine:";
    for (auto const& machine : runner::machines)
        text += fmt::format("\n{}: {}", machine.name, machine.about);
    return text;
}

void add_machine_options(CLI::App& app, runner::RunOptions& options) {
    app.add_option("-m,--memory", options.memory, "memory, as in 512M or 2G")
        ->capture_default_str()
        ->check(CLI::Validator(
            [](std::string& text) {
                auto const digits = text.find_first_not_of("0123456789");
                bool const good =
                    digits != 0 && (digits == std::string::npos ||
                                    (digits + 1 == text.size() &&
                                     std::string_view("MGmg").contains(text[digits])));
                return good ? std::string() : "write the size like 512M or 2G, not '" + text + "'";
            },
            "SIZE"));
    app.add_option("-c,--cpus", options.cpus, "number of CPUs")
        ->capture_default_str()
        ->check(CLI::Range(1, 64));
    app.add_option("--machine", options.machine, machine_help())->capture_default_str();
    app.add_option("--initrd", options.initrd, "root file system: a cpio archive, plain or gzip")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    app.add_option("--root", options.root, "root file system: the content of this directory")
        ->type_name("DIR");
    app.add_option("--append", options.append, "further words for the kernel's command line")
        ->type_name("WORDS")
        ->allow_extra_args(false);
    app.add_option("--display", options.display,
                   "open the machine's screen in a window, with the shell there; KIND as for "
                   "QEMU's -display (gtk, sdl, vnc=:0)")
        ->type_name("[KIND]")
        ->expected(0, 1);
    app.add_option("--accel", options.accelerator, "kvm or tcg instead of what fits this host")
        ->check(CLI::IsMember({"kvm", "tcg"}));
    app.add_option("--kernel", options.kernel, "another kernel than the one just built")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
}

int dispatch(int count, char** words) {
    // Everything behind "--" is the guest's and none of our business.
    std::vector<std::string> ours(words + 1, words + count);
    auto const dashes = std::ranges::find(ours, "--");
    std::vector<std::string> const command(dashes == ours.end() ? dashes : dashes + 1, ours.end());
    ours.erase(dashes, ours.end());
    std::ranges::reverse(ours); // the order in which CLI11 takes them

    CLI::App app("Builds, boots, tests and debugs Linnet.", "linnet");
    app.require_subcommand(1);
    runner::RunOptions options;
    options.command = command;

    auto* const run =
        app.add_subcommand("run", "boot, and run a shell or, with -- COMMAND ARGUMENTS, a command");
    run->footer(exit_codes);
    add_machine_options(*run, options);
    run->add_flag("--gdb", options.gdb,
                  "wait for gdb on 127.0.0.1:1234 before the first instruction");
    run->add_flag("--services", options.services,
                  "start the services of /etc/services, and COMMAND as one of them; so it is "
                  "without a COMMAND");
    run->add_flag("--strace", options.strace, "print each system call on stderr");
    run->add_flag("--backtrace", options.backtrace,
                  "print the stack of each program that a signal like SIGSEGV ends, on stderr");
    run->add_flag("--log", options.log, "show the kernel log on stderr as it comes");
    run->add_option("--log-json", options.log_json,
                    "write the kernel log to a file, each record a line of JSON")
        ->type_name("FILE");
    run->add_option("--core", options.core,
                    "write a core file for gdb, DIR/core.NAME.PID, for each program that a signal "
                    "like SIGSEGV ends")
        ->type_name("DIR");
    run->add_option("--timeout", options.timeout,
                    "end the machine after so many seconds (exit code 124) and say where its "
                    "tasks are")
        ->type_name("SECONDS")
        ->check(CLI::NonNegativeNumber);

    // The script `linnet` builds before it starts us, so nothing is left to do here.
    auto* const build = app.add_subcommand("build", "build the kernel and this program");

    auto* const debug =
        app.add_subcommand("debug", "boot under gdb, with commands that know the kernel: tasks, "
                                    "stack, areas, pagetable, locks");
    debug->footer("gdb owns this terminal. The guest's terminal is a new one, whose name is "
                  "printed; the kernel\n"
                  "log goes to build/debug.log.");
    add_machine_options(*debug, options);

    runner::BacktraceOptions looking;
    auto* const backtrace = app.add_subcommand(
        "bt", "where the CPUs, or any tasks, of a machine are that `run` started");
    auto* const task =
        backtrace
            ->add_option("-p,--pid", looking.task, "the threads of this process, or one thread")
            ->check(CLI::PositiveNumber);
    backtrace->add_flag("-a,--all", looking.all, "every task")->excludes(task);
    backtrace
        ->add_option("--machine", looking.machine,
                     "which machine: the process number of its `linnet run`")
        ->check(CLI::PositiveNumber);
    backtrace->add_flag("--json", looking.json, "as one line of JSON");
    backtrace->add_flag("--leave-stopped", looking.leave_stopped,
                        "do not let the machine go on: for a debugger that has stopped it");
    backtrace->footer(
        "The machine stands while its memory is read, which takes some hundredths of a second. "
        "Its\n"
        "kernel need not be able to run. The names of programs come from their files in the\n"
        "initramfs: lines if they carry DWARF, else symbols, else the offset in the file.");

    std::string filter;
    auto* const test =
        app.add_subcommand("test", "run all tests, or those whose names match FILTER");
    test->add_option("FILTER", filter, "a regular expression over test names, as for `ctest -R`");
    test->footer(
        "Tests run under several builds (presets): default (whole machine, in-kernel), sanitize\n"
        "(the same with sanitizers in the kernel), host (unit tests with ASan and UBSan), tsan,\n"
        "fuzz. clang-tidy comes last, as check.lint.");

    auto* const faults = test->add_subcommand(
        "faults", "put faults into running kernels and count what comes of them; see its --help");
    faults->set_help_flag();
    faults->prefix_command();

    bench::Options measuring;
    auto* const bench = app.add_subcommand(
        "bench", "count instructions of Linnet and of Debian's Linux, side by side");
    bench->add_option("NAME", measuring.names, "rows of the table; all when none is named");
    bench->add_option("--json", measuring.json, "write the numbers to a file, too")
        ->type_name("FILE");
    bench->add_option("--profile", measuring.profile,
                      "show one operation of Linnet (or boot) by function of the kernel instead");
    bench->add_option("--linux", measuring.linux_kernel, "another Linux kernel than Debian's")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    bench->add_flag("--fresh", measuring.fresh, "measure Linux again");
    bench->add_flag("--check", measuring.check, "exit code 1 when a goal is missed");

    runner::ImageOptions media;
    auto* const image =
        app.add_subcommand("image", "write an ISO that boots Linnet on a PC, by BIOS or UEFI");
    image->add_option("-o,--output", media.output, "where to write it")
        ->type_name("FILE")
        ->capture_default_str();
    image
        ->add_option("--initrd", media.initrd,
                     "root file system with an /init instead of busybox and a shell")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    image->add_option("--append", media.append, "words for the kernel's command line")
        ->type_name("WORDS");
    image->add_option("--kernel", media.kernel, "another kernel than the one just built")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);

    std::string file;
    auto* const initramfs =
        app.add_subcommand("initramfs", "write the default initramfs to a file");
    initramfs->add_option("FILE", file)->required();
    std::vector<std::string> programs;
    initramfs->add_option("--add", programs, "a program to put there")->type_name("PATH=FILE");

    try {
        app.parse(ours);
    } catch (CLI::ParseError const& error) {
        if (error.get_exit_code() == 0)
            return app.exit(error);
        fmt::print(stderr, "linnet: {}\nlinnet: try `./linnet {}--help`\n", error.what(),
                   run->parsed() ? "run " : "");
        return 2;
    }
    if (!command.empty() && !run->parsed() && !debug->parsed())
        throw runner::Failure("only `run` and `debug` take a command behind --",
                              fmt::format("./linnet run -- {}", command[0]));
    if (run->parsed())
        return runner::run(options);
    if (debug->parsed())
        return runner::debug(options);
    if (backtrace->parsed())
        return runner::backtrace(looking);
    if (faults->parsed())
        return runner::test_faults(faults->remaining());
    if (test->parsed())
        return runner::test(filter);
    if (bench->parsed())
        return bench::bench(measuring);
    if (initramfs->parsed())
        runner::write_file(file, runner::base_initramfs(programs));
    if (image->parsed())
        return runner::image(media);
    (void)build;
    return 0;
}

} // namespace

int main(int count, char** words) {
    try {
        return dispatch(count, words);
    } catch (runner::Failure const& failure) {
        fmt::print(stderr, "linnet: {}\n", failure.what());
        if (!failure.advice().empty())
            fmt::print(stderr, "linnet: next: {}\n", failure.advice());
    } catch (std::exception const& failure) {
        fmt::print(stderr, "linnet: {}\n", failure.what());
    }
    return runner::exit_failure;
}
