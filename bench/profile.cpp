// Where an operation's instructions go: counts blocks of code with a QEMU plugin, and names them.
//
// The machine runs twice, with the operation done many times and not at all; what differs is the
// operation's. That is exact, as the machine is deterministic.
#include "bench/profile.hpp"

#include "runner/failure.hpp"
#include "runner/os.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

namespace bench {
namespace {

constexpr double repetitions = 512;
constexpr std::uint64_t kernel_half = std::uint64_t{1} << 63;

/// Loops that wait for a moment run as often as it takes, which is no operation's doing.
bool only_waits(std::string_view function) {
    for (std::string_view const name : {"arch::relax(", "arch::delay_", "arch::calibrate_clock("})
        if (function.starts_with(name))
            return true;
    return false;
}

std::map<std::string, double> counts_of(Subject subject, Functions const& functions,
                                        std::vector<std::string> const& arguments,
                                        std::string const& directory) {
    auto const file = directory + "/counts.txt";
    subject.more_for_qemu = {"-plugin",
                             fmt::format("{}/libbench-count.so,out={}", directory, file)};
    count_instructions(subject, arguments);
    return by_function(runner::read_file(file), functions);
}

} // namespace

Functions::Functions(std::string const& names) {
    std::istringstream lines(names);
    for (std::string line; std::getline(lines, line);) {
        // "ffffffff80101234 T name"; data has other letters
        std::size_t digits = 0;
        if (line.size() < 20 || !std::string_view("tTwW").contains(line[17]))
            continue;
        auto const address = std::stoull(line, &digits, 16);
        if (digits == 16 && address >= kernel_half)
            by_address_.try_emplace(address, line.substr(19));
    }
}

std::string const& Functions::around(std::uint64_t address) const {
    if (address < kernel_half)
        return user_;
    auto const after = by_address_.upper_bound(address);
    return after == by_address_.begin() ? unknown_ : std::prev(after)->second;
}

std::map<std::string, double> by_function(std::string const& counts, Functions const& functions) {
    std::map<std::string, double> sums;
    std::istringstream lines(counts);
    std::string address;
    for (double count = 0; lines >> address >> count;)
        sums[functions.around(std::stoull(address, nullptr, 16))] += count;
    return sums;
}

int print_profile(Subject const& subject, std::string const& operation,
                  std::string const& directory) {
    auto const* row = find_row(operation);
    bool const boot = operation == "boot";
    if (!boot && (row == nullptr || row->source != Source::operation))
        throw runner::Failure(fmt::format("there is no operation '{}' to profile", operation),
                              "name one of the table's operations, or boot");
    Functions const functions(runner::output_of({"nm", "-C", subject.kernel}));
    auto const none =
        counts_of(subject, functions, {"count", boot ? "null-call" : operation, "0"}, directory);
    std::map<std::string, double> sums = none;
    if (!boot) {
        sums = counts_of(subject, functions, {"count", operation, fmt::format("{}", repetitions)},
                         directory);
        std::erase_if(sums, [](auto const& one) { return only_waits(one.first); });
        for (auto& [name, sum] : sums) {
            auto const at = none.find(name);
            sum = (sum - (at == none.end() ? 0 : at->second)) / repetitions;
        }
    }
    std::vector<std::pair<double, std::string>> sorted;
    double total = 0;
    for (auto const& [name, sum] : sums) {
        sorted.emplace_back(sum, name);
        total += sum;
    }
    std::ranges::sort(sorted, std::greater());
    fmt::print("{}: {:.0f} instructions, with what prepares and ends it\n", operation, total);
    for (auto const& [sum, name] : sorted)
        if (sum >= total / 1000)
            fmt::print("{:>12.1f} {:>5.1f} %  {}\n", sum, 100 * sum / total, name.substr(0, 120));
    return 0;
}

} // namespace bench
