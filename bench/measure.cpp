// Starts the machines that count, and reads what they print.
#include "bench/measure.hpp"

#include "runner/archive.hpp"
#include "runner/failure.hpp"
#include "runner/os.hpp"
#include "runner/session.hpp"

#include <filesystem>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bench {
namespace {

constexpr auto patience = std::chrono::minutes(5);
constexpr std::string_view marker = "@@bench ";

/// One tick of the guest's clock is one instruction; everything else is as constant as it can be.
/// Without ERMS and FSRM, for each step of a `rep movsb` counts as an instruction.
std::vector<std::string> const counting_words = {
    "-icount", "shift=0,sleep=off", "-rtc",  "base=2020-01-01,clock=vm",
    "-cpu",    "max,-erms,-fsrm",   "-seed", "1",
};

std::string last_lines(std::string const& log) {
    return log.substr(log.size() > 2000 ? log.size() - 2000 : 0);
}

runner::Setup counting_machine(std::string const& kernel) {
    runner::Setup setup;
    setup.machine = &runner::find_machine("q35-qboot");
    setup.accelerator = "tcg,thread=single";
    setup.kernel = kernel;
    setup.streams = runner::Streams::console;
    setup.bare = true; // no device that answers when the host is ready for it
    setup.more = counting_words;
    return setup;
}

bool reaches_prompt(std::string const& kernel, std::string const& initramfs, int mebibytes) {
    runner::Setup setup;
    setup.machine = &runner::find_machine("microvm");
    setup.memory = fmt::format("{}M", mebibytes);
    setup.kernel = kernel;
    setup.initrd = initramfs;
    setup.append = "console=ttyS0 quiet panic=-1 rdinit=/bin/sh";
    runner::Wiring wiring;
    wiring.timeout = std::chrono::minutes(1);
    wiring.awaited = "/ # ";
    auto const log = runner::run_session(setup, wiring).log;
    return log.contains(wiring.awaited);
}

} // namespace

std::string counting_initramfs(std::string const& base, std::string const& program) {
    runner::ArchiveWriter archive;
    archive.file("init", 0755, program);
    return base + archive.finish();
}

Numbers count_instructions(Subject const& subject, std::vector<std::string> const& arguments) {
    auto const initramfs = runner::memory_file(subject.initramfs);
    auto setup = counting_machine(subject.kernel);
    setup.initrd = fmt::format("/proc/self/fd/{}", initramfs.number());
    setup.append = "console=ttyS0 quiet panic=-1";
    if (!arguments.empty())
        setup.append += fmt::format(" -- {}", fmt::join(arguments, " "));
    setup.more.insert(setup.more.end(), subject.more_for_qemu.begin(), subject.more_for_qemu.end());
    Numbers numbers;
    bool finished = false;
    runner::Wiring wiring;
    wiring.timeout = patience;
    wiring.on_log_line = [&](std::string const& line) {
        finished |= line == "@@finished";
        if (!line.starts_with(marker))
            return;
        std::istringstream words(line.substr(marker.size()));
        std::string name;
        double value = 0;
        if (words >> name >> value)
            numbers[name] = value;
    };
    auto const result = runner::run_session(setup, wiring);
    if (!finished)
        throw runner::Failure(fmt::format("{} did not finish its measurements:\n{}{}", subject.name,
                                          last_lines(result.log), result.qemu_messages));
    return numbers;
}

std::string log_of_kernel_test(std::string const& kernel, std::string const& name) {
    auto setup = counting_machine(kernel);
    setup.append = "console=ttyS0 linnet.exit=report linnet.ktest=" + name;
    runner::Wiring wiring;
    wiring.timeout = patience;
    auto const result = runner::run_session(setup, wiring);
    if (!result.log.contains("ktest ok " + name))
        throw runner::Failure(fmt::format("{} did not pass:\n{}{}", name, last_lines(result.log),
                                          result.qemu_messages));
    return result.log;
}

double smallest_memory(std::string const& kernel, std::string const& initramfs) {
    int enough = 128;
    int too_little = 1;
    if (!reaches_prompt(kernel, initramfs, enough))
        throw runner::Failure(fmt::format("{} reaches no prompt with {} MiB", kernel, enough));
    while (enough - too_little > 1) {
        int const middle = (enough + too_little) / 2;
        (reaches_prompt(kernel, initramfs, middle) ? enough : too_little) = middle;
    }
    return enough;
}

double stripped_size(std::string const& kernel, std::string const& scratch) {
    runner::output_of({"strip", "-o", scratch, kernel});
    return static_cast<double>(std::filesystem::file_size(scratch));
}

} // namespace bench
