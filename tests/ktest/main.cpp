// Boots the image with the in-kernel tests and passes their verdict on.
#include "runner/failure.hpp"
#include "runner/session.hpp"

#include <cstdio>
#include <sstream>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace {

/// The lines "ktest ..." of a machine: on the report channel, or else in its log.
std::vector<std::string> verdicts(runner::Result const& result) {
    auto lines = result.report.records("ktest");
    if (!lines.empty())
        return lines;
    std::istringstream log(result.log);
    for (std::string line; std::getline(log, line);) {
        if (line.ends_with('\r'))
            line.pop_back();
        if (line.starts_with("ktest "))
            lines.push_back(line.substr(6));
    }
    return lines;
}

int judge(runner::Result const& result) {
    std::size_t passed = 0;
    std::size_t failed = 0;
    bool done = false;
    std::vector<std::string> failures;
    for (auto const& line : verdicts(result)) {
        if (line.starts_with("FAIL "))
            failures.push_back(line);
        if (std::sscanf(line.c_str(), "done %zu passed %zu failed", &passed, &failed) == 2)
            done = true;
    }
    for (auto const& line : failures)
        fmt::print("{}\n", line);
    if (done && failed == 0 && passed > 0) {
        fmt::print("{} in-kernel tests passed\n", passed);
        return 0;
    }
    fmt::print("{}\n--- kernel log ---\n{}\n{}",
               done              ? fmt::format("{} passed, {} failed", passed, failed)
               : passed + failed ? "the tests did not come to their end"
                                 : "the tests were cut short",
               result.log, result.qemu_messages);
    return 1;
}

int judge_panic(runner::Result const& result, std::string const& reason) {
    bool const stopped = result.ending.kind == runner::Ending::Kind::panic;
    bool const named = result.log.find("kernel panic: " + reason) != std::string::npos;
    bool const traced = result.log.find("#0 0x") != std::string::npos;
    if (stopped && named && traced && result.ending.text == reason)
        return 0;
    fmt::print(
        "expected a panic with the reason \"{}\" and a backtrace\n--- kernel log ---\n{}\n{}",
        reason, result.log, result.qemu_messages);
    return 1;
}

} // namespace

int main(int count, char** words) {
    CLI::App app("Runs the in-kernel tests.");
    runner::Setup setup;
    std::string machine = "microvm";
    std::string filter = "1"; // everything
    std::string panic;
    int timeout = 300;
    app.add_option("--kernel", setup.kernel)->required();
    app.add_option("--initramfs", setup.initrd);
    app.add_option("--machine", machine);
    app.add_option("--cpus", setup.cpus);
    app.add_option("--filter", filter);
    app.add_option("--expect-panic", panic, "the machine must stop, with this reason");
    app.add_option("--timeout", timeout);
    CLI11_PARSE(app, count, words);
    try {
        setup.machine = &runner::find_machine(machine);
        setup.accelerator = runner::best_accelerator();
        setup.append = fmt::format("console=ttyS0 linnet.exit=report linnet.ktest={}", filter);
        runner::Wiring wiring;
        wiring.timeout = std::chrono::seconds(timeout);
        auto const result = runner::run_session(setup, wiring);
        return panic.empty() ? judge(result) : judge_panic(result, panic);
    } catch (runner::Failure const& failure) {
        fmt::print(stderr, "ktest: {}\n", failure.what());
        return 2;
    }
}
