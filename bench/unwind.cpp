// `linnet bench unwind`: what unwinding costs where nothing fails, and what errors cost by each
// way.
#include "bench/unwind.hpp"

#include "bench/measure.hpp"
#include "runner/os.hpp"
#include "runner/run.hpp"

#include <sstream>

#include <fmt/format.h>

namespace bench {
namespace {

constexpr double goal = 1.01;

/// Bytes of an object file's sections whose names begin with one of `names`.
long bytes_of(std::string const& object, std::initializer_list<std::string_view> names) {
    std::istringstream lines(runner::output_of({"size", "-A", object}));
    long total = 0;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string section;
        long size = 0;
        if (words >> section >> size)
            for (auto const name : names)
                if (section.starts_with(name))
                    total += size;
    }
    return total;
}

/// Operations that succeed: the shipped kernel, and the same objects without the unwinder.
bool compare_calls(std::string const& build, std::string const& initramfs) {
    Subject const unwinds{"the kernel", build + "/linnet.elf", initramfs};
    Subject const halts{"the kernel that halts", build + "/linnet-halting.elf", initramfs};
    auto const ours = count_instructions(unwinds, {});
    auto const theirs = count_instructions(halts, {});
    bool met = true;
    fmt::print("| where nothing fails, in instructions | unwinds | halts | share |\n"
               "|---|---:|---:|---:|\n");
    for (auto const& row : rows) {
        if (row.source != Source::operation)
            continue;
        double const one = ours.at(std::string(row.name));
        double const other = theirs.at(std::string(row.name));
        fmt::print("| {} | {:.0f} | {:.0f} | {:.3f} |\n", row.name, one, other, one / other);
        met = met && one <= goal * other;
    }
    return met;
}

void compare_ways(std::string const& build) {
    fmt::print("\n| an error ten calls deep | success | failure | bytes of text | of tables |\n"
               "|---|---:|---:|---:|---:|\n");
    std::istringstream log(
        log_of_kernel_test(build + "/linnet-ktest.elf", "cost_of_ways_to_tell_of_an_error"));
    for (std::string line; std::getline(log, line);) {
        auto const start = line.find("ways: ");
        if (start == line.npos)
            continue;
        std::istringstream words(line.substr(start + 6));
        std::string name;
        long success = 0;
        long failure = 0;
        words >> name >> success >> failure;
        auto const object = fmt::format(
            "{}/CMakeFiles/ktest.task.dir/kernel/task/ways_{}_ktest.cpp.o", build, name);
        fmt::print("| {} | {} | {} | {} | {} |\n", name, success, failure,
                   bytes_of(object, {".text"}),
                   bytes_of(object, {".gcc_except_table", ".eh_frame"}));
    }
}

} // namespace

int bench_unwind(bool check) {
    auto const build = runner::build_directory();
    auto const initramfs = counting_initramfs(runner::read_file(build + "/initramfs.cpio"),
                                              runner::read_file(build + "/bench/bench-guest"));
    bool const met = compare_calls(build, initramfs);
    compare_ways(build);
    return check && !met ? 1 : 0;
}

} // namespace bench
