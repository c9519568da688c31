// Judges what became of an injection, and adds up.
#include "tests/faults/campaign.hpp"

#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace faults {
namespace {

/// Whether the kernel said that something is wrong with itself.
bool reported(std::string const& log) {
    return log.contains("BUG:") || log.contains("that a bug left behind");
}

/// PID 1 lives through all this, and its own memory need not be the same to a page.
bool may_vary(std::string_view name, long by) {
    return std::abs(by) <= 2 && (name == "frames for user" || name == "frames for page table");
}

/// What is held otherwise than after a clean run.
std::string differences(Holdings const& held, Holdings const& clean) {
    std::string text;
    auto all = held;
    all.insert(clean.begin(), clean.end());
    for (auto const& [name, ignored] : all) {
        auto const now = held.contains(name) ? held.at(name) : 0;
        auto const before = clean.contains(name) ? clean.at(name) : 0;
        if (now != before && !may_vary(name, now - before))
            text += fmt::format("{}{}: {:+}", text.empty() ? "" : ", ", name, now - before);
    }
    return text;
}

/// The first line that differs.
std::string first_difference(std::string_view got, std::string_view expected) {
    std::size_t at = 0;
    while (at < got.size() && at < expected.size() && got[at] == expected[at])
        ++at;
    auto const line = [at](std::string_view text) {
        auto const start = text.rfind('\n', at == 0 ? 0 : at - 1);
        auto const from = start == std::string_view::npos ? 0 : start + 1;
        return from < text.size() ? text.substr(from, text.find_first_of("\r\n", from) - from)
                                  : std::string_view("(end)");
    };
    return fmt::format("'{}' instead of '{}'", line(got), line(expected));
}

} // namespace

Judgement judge(Ending const& ending, Ending const& clean) {
    switch (ending.kind) {
    case Ending::Kind::halted:
        return {Verdict::halted, ending.detail};
    case Ending::Kind::crashed:
        return {Verdict::crashed, ending.detail};
    case Ending::Kind::hung:
        return {Verdict::hung, "in " + ending.detail};
    case Ending::Kind::finished:
        break;
    }
    bool const said = reported(ending.log);
    std::string wrong;
    if (ending.check != clean.check)
        wrong = "afterwards " + first_difference(ending.check, clean.check);
    else if (auto const held = differences(ending.held, clean.held); !held.empty())
        wrong = "held: " + held;
    if (!wrong.empty())
        return {said ? Verdict::damaged : Verdict::silent, wrong};
    if (said)
        return {Verdict::contained, ""};
    if (ending.load != clean.load)
        return {Verdict::silent, "printed " + first_difference(ending.load, clean.load)};
    return {Verdict::nothing, ""};
}

unsigned Tally::injected() const {
    return std::accumulate(counts.begin(), counts.end(), 0u);
}

Interval confidence(unsigned successes, unsigned trials) {
    if (trials == 0)
        return {};
    constexpr double z = 1.959964; // 97.5 % of the normal distribution lie below
    double const n = trials;
    double const share = successes / n;
    double const middle = share + z * z / (2 * n);
    double const width = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    double const scale = 1 + z * z / n;
    return {(middle - width) / scale, (middle + width) / scale};
}

} // namespace faults
