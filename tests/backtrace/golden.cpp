// Expected backtraces: functions, files and lines, where a line is told by what stands on it.
#include "tests/backtrace/golden.hpp"

#include "runner/os.hpp"
#include "runner/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace golden {
namespace {

struct Expected {
    bool others = false; ///< "..."
    bool inlined = false;
    std::string name = {};
    std::string file = {};
    std::string text = {};
};

std::string trimmed(std::string_view text) {
    auto const first = text.find_first_not_of(' ');
    if (first == text.npos)
        return {};
    return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

Expected parse(std::string_view line) {
    Expected expected;
    if (trimmed(line) == "...")
        return {.others = true};
    if (line.starts_with("+ ")) {
        expected.inlined = true;
        line.remove_prefix(2);
    }
    std::string* const parts[] = {&expected.name, &expected.file, &expected.text};
    for (auto* const part : parts) {
        auto const bar = part == &expected.text ? line.npos : line.find(" | ");
        *part = trimmed(line.substr(0, bar));
        line = bar == line.npos ? "" : line.substr(bar + 3);
    }
    return expected;
}

std::string source_line(std::string const& file, unsigned number) {
    runner::LineSplitter splitter;
    auto const lines = splitter.feed(runner::read_file(std::string(LINNET_SOURCE) + "/" + file));
    return number == 0 || number > lines.size() ? std::string() : lines[number - 1];
}

bool is(Function const& function, Expected const& expected) {
    if (function.inlined != expected.inlined ||
        (function.name != expected.name && !function.name.ends_with("::" + expected.name)))
        return false;
    if (expected.file.empty())
        return true;
    return function.file.ends_with(expected.file) &&
           source_line(expected.file, function.line).contains(expected.text);
}

/// How many expectations are met by the trace from `at` on, at best.
std::size_t met(std::vector<Expected> const& all, std::size_t next, Trace const& trace,
                std::size_t at) {
    for (; next < all.size(); ++next, ++at) {
        if (all[next].others) {
            std::size_t best = next;
            for (std::size_t from = at; from <= trace.size(); ++from)
                best = std::max(best, met(all, next + 1, trace, from));
            return best;
        }
        if (at == trace.size() || !is(trace[at], all[next]))
            return next;
    }
    return at == trace.size() ? next : next - 1;
}

} // namespace

std::string compare(std::string_view name, Trace const& trace) {
    runner::LineSplitter splitter;
    std::vector<Expected> all;
    std::vector<std::string> lines;
    for (auto const& line : splitter.feed(
             runner::read_file(fmt::format(LINNET_SOURCE "/tests/backtrace/golden/{}", name))))
        if (!line.empty() && !line.starts_with("//")) {
            all.push_back(parse(line));
            lines.push_back(line);
        }
    auto const good = met(all, 0, trace, 0);
    if (good == all.size())
        return {};
    std::string text = fmt::format("{}: no '{}' in its place; the trace is:\n", name, lines[good]);
    for (auto const& function : trace)
        text += fmt::format("{}{} | {} | {}\n", function.inlined ? "+ " : "", function.name,
                            function.file,
                            function.line == 0 || function.file.starts_with('/')
                                ? fmt::format("line {}", function.line)
                                : source_line(function.file, function.line));
    return text;
}

} // namespace golden
