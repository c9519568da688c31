// Compares the numbers of both kernels with each other and with the goals, and writes them down.
#include "bench/table.hpp"

#include <fmt/format.h>

namespace bench {
namespace {

std::optional<double> look_up(Numbers const& numbers, std::string_view name) {
    auto const at = numbers.find(std::string(name));
    return at == numbers.end() ? std::nullopt : std::optional(at->second);
}

/// 1234567 as "1,234,567".
std::string with_commas(std::optional<double> value) {
    if (!value)
        return "-";
    auto text = fmt::format("{:.0f}", *value);
    for (auto at = static_cast<long>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

std::string goal_text(Goal const& goal) {
    if (goal.kind == Goal::Kind::share_of_linux)
        return fmt::format("{:.2f} x", goal.value);
    return with_commas(goal.value);
}

std::string json_number(std::optional<double> value) {
    return value ? fmt::format("{:.4f}", *value) : "null";
}

} // namespace

Row const* find_row(std::string_view name) {
    for (auto const& row : rows)
        if (row.name == name)
            return &row;
    return nullptr;
}

std::optional<double> Finding::share() const {
    if (!ours || !theirs || *theirs <= 0)
        return std::nullopt;
    return *ours / *theirs;
}

bool Finding::goal_met() const {
    auto const judged = row->goal.kind == Goal::Kind::share_of_linux ? share() : ours;
    return judged && *judged <= row->goal.value;
}

std::vector<Finding> compare(std::vector<Row const*> const& wanted, Numbers const& ours,
                             Numbers const& theirs) {
    std::vector<Finding> findings;
    for (auto const* row : wanted)
        findings.push_back({row, look_up(ours, row->name), look_up(theirs, row->name)});
    return findings;
}

std::string as_table(std::vector<Finding> const& findings) {
    auto text =
        fmt::format("{:<18} {:>13} {:>15} {:>7} {:>10}\n", "", "Linnet", "Linux", "share", "goal");
    for (auto const& finding : findings) {
        auto const share = finding.share();
        text += fmt::format("{:<18} {:>13} {:>15} {:>7} {:>10} {:<6} {} ({})\n", finding.row->name,
                            with_commas(finding.ours), with_commas(finding.theirs),
                            share ? fmt::format("{:.3f}", *share) : "-",
                            goal_text(finding.row->goal), finding.goal_met() ? "met" : "MISSED",
                            finding.row->about, finding.row->unit);
    }
    return text;
}

std::string as_json(std::vector<Finding> const& findings) {
    std::string text;
    for (auto const& finding : findings) {
        bool const relative = finding.row->goal.kind == Goal::Kind::share_of_linux;
        text += fmt::format("{}\n  {{\"name\": \"{}\", \"unit\": \"{}\", \"linnet\": {}, "
                            "\"linux\": {}, \"share\": {}, \"goal\": {}, \"goal_is\": \"{}\", "
                            "\"met\": {}}}",
                            text.empty() ? "[" : ",", finding.row->name, finding.row->unit,
                            json_number(finding.ours), json_number(finding.theirs),
                            json_number(finding.share()), finding.row->goal.value,
                            relative ? "share of Linux" : "at most", finding.goal_met());
    }
    return text + "\n]\n";
}

} // namespace bench
