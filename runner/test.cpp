// `linnet test`: builds every preset and runs its tests.
#include "runner/test.hpp"

#include "runner/failure.hpp"
#include "runner/machine.hpp"
#include "runner/os.hpp"
#include "runner/run.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <regex>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

namespace runner {
namespace {

struct Preset {
    std::string_view name;
    std::string_view directory; ///< below the build directory; empty for that itself
    std::string_view targets;   ///< what to build
    std::string_view about;
};

// In the order in which a mistake shows fastest.
constexpr Preset presets[] = {
    {"host", "host", "all", "unit tests under AddressSanitizer and UndefinedBehaviorSanitizer"},
    {"tsan", "tsan", "all", "unit tests under ThreadSanitizer"},
    {"fuzz", "fuzz", "all", "fuzzers, a short run each"},
    {"default", "", "all linnet-tests",
     "the kernel as shipped: in-kernel and whole-machine tests, repository checks"},
    // Last, as its tests use the programs of the one before.
    {"sanitize", "sanitize", "all", "the kernel built by Clang 19 with sanitizers inside"},
};

struct Count {
    int passed = 0;
    int failed = 0;
};

/// Reads ctest's summary, "87% tests passed, 2 tests failed out of 16".
Count read_summary(std::string const& output) {
    auto const at = output.rfind("% tests passed, ");
    int failed = 0;
    int all = 0;
    if (at == std::string::npos ||
        std::sscanf(output.c_str() + at, "%% tests passed, %d tests failed out of %d", &failed,
                    &all) != 2)
        return {};
    return {all - failed, failed};
}

/// How many tests of a configured preset match.
int count_matching(std::string const& directory, std::string const& filter) {
    auto const output = output_of({"ctest", "--test-dir", directory, "-N", "-R", filter});
    auto const at = output.rfind("Total Tests: ");
    return at == std::string::npos ? 0 : std::atoi(output.c_str() + at + 13);
}

class Run {
public:
    explicit Run(std::string const& filter) : filter_(filter) {}

    void preset(Preset const& preset) {
        auto const directory = preset.directory.empty()
                                   ? build_directory()
                                   : fmt::format("{}/{}", build_directory(), preset.directory);
        std::string const name(preset.name);
        auto const started = std::chrono::steady_clock::now();
        auto const log = fmt::format("{}/{}-build.log", build_directory(), name);
        if (!step(fmt::format("cmake --preset {} >'{}' 2>&1", name, log)))
            return broken(preset, "could not be configured", log);
        bool const wanted = filter_.empty() || count_matching(directory, filter_) > 0;
        if (!wanted)
            return;
        fmt::print("\n== {}: {}\n", preset.name, preset.about);
        std::fflush(stdout);
        bool const builds = step(fmt::format(
            "cmake --build --preset {} --target {} -- -k 0 >'{}' 2>&1", name, preset.targets, log));
        if (!builds)
            broken(preset, "does not build", log); // what does build is tested nevertheless
        else if (filter_.empty())
            ++count_.passed; // that it builds without a warning
        auto const result = capture({"ctest", "--test-dir", directory, "--output-on-failure", "-j",
                                     std::to_string(sysconf(_SC_NPROCESSORS_ONLN)),
                                     "--no-tests=ignore", "-R", filter_.empty() ? "." : filter_},
                                    Echo::yes);
        auto const count = read_summary(result.output);
        count_.passed += count.passed;
        count_.failed += count.failed;
        if (result.status != 0 && count.failed == 0)
            ++count_.failed;
        auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(
            std::chrono::steady_clock::now() - started);
        fmt::print("== {}: {} passed, {} failed{}, {} s with building\n", preset.name, count.passed,
                   count.failed, builds ? "" : ", and it does not build", seconds.count());
    }

    /// One test more that needs the presets to be configured, uses all CPUs and shows how far it
    /// is.
    void lint() {
        if (!std::regex_search("check.lint", std::regex(filter_)))
            return;
        fmt::print("\n== check.lint: clang-tidy over the sources\n");
        std::fflush(stdout);
        bool const passed = capture({"tools/check-lint"}, Echo::yes).status == 0;
        ++(passed ? count_.passed : count_.failed);
        fmt::print("== check.lint: {}\n", passed ? "passed" : "failed");
    }

    int finish() const {
        if (count_.passed + count_.failed == 0)
            throw Failure(fmt::format("no test matches '{}'", filter_),
                          "ctest --preset default -N");
        fmt::print("\n{} passed, {} failed\n", count_.passed, count_.failed);
        return count_.failed == 0 ? 0 : 1;
    }

private:
    static bool step(std::string const& line) {
        return capture({"/bin/sh", "-c", line}, Echo::no).status == 0;
    }

    void broken(Preset const& preset, std::string_view what, std::string const& log) {
        auto const text = read_file(log);
        auto const tail = text.size() > 8000 ? text.size() - 8000 : 0;
        fmt::print("== {} {}; the end of {}:\n{}\n", preset.name, what, log, text.substr(tail));
        ++count_.failed;
    }

    std::string const& filter_;
    Count count_;
};

} // namespace

int test_faults(std::vector<std::string> const& words) {
    auto const directory = build_directory();
    std::vector<std::string> build{"cmake", "--build", directory, "--target", "linnet-faults"};
    bool const only_qemu = std::ranges::find(words, "qemu") != words.end();
    if (!only_qemu)
        build.emplace_back("linnet-host-kernel");
    auto const built = capture(build, Echo::no);
    if (built.status != 0)
        throw Failure("the fault campaign does not build", "cmake --build build");
    std::vector<std::string> line{directory + "/tests/linnet-faults", "--kernel",
                                  directory + "/linnet.elf",          "--initramfs",
                                  directory + "/initramfs.cpio",      "--host-kernel",
                                  directory + "/linnet-host-kernel"};
    line.insert(line.end(), words.begin(), words.end());
    return capture(line, Echo::yes).status;
}

int test(std::string const& filter) {
    std::filesystem::current_path(std::filesystem::path(build_directory()).parent_path());
    mention_accelerator(best_accelerator());
    Run run(filter);
    for (auto const& preset : presets)
        run.preset(preset);
    run.lint();
    return run.finish();
}

} // namespace runner
