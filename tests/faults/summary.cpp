// What a campaign says at its end: the table, the groups of what was not contained, JSON.
#include "tests/faults/summary.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace faults {
namespace {

double share_of(Tally const& tally) {
    return tally.manifested() == 0 ? 0.0
                                   : 100.0 * tally.of(Verdict::contained) / tally.manifested();
}

void print_tally(std::string_view name, Tally const& tally) {
    unsigned const contained = tally.of(Verdict::contained);
    auto const range = confidence(contained, tally.manifested());
    fmt::print(
        "{:<22} {:>8} {:>10} {:>9} {:>6} {:>7} {:>4} {:>7} {:>6}  {:>5.1f} % [{:.1f}, {:.1f}]\n",
        name, tally.injected(), tally.manifested(), contained, tally.of(Verdict::halted),
        tally.of(Verdict::crashed), tally.of(Verdict::hung), tally.of(Verdict::damaged),
        tally.of(Verdict::silent), share_of(tally), 100 * range.low, 100 * range.high);
}

std::string json_of(std::string_view name, Tally const& tally) {
    std::string text = fmt::format("\"{}\":{{\"injected\":{},\"manifested\":{}", name,
                                   tally.injected(), tally.manifested());
    for (std::size_t i = 0; i < verdict_count; ++i)
        text += fmt::format(",\"{}\":{}", verdict_names[i], tally.counts[i]);
    return text + "}";
}

/// Of bugs as programmers make them, of random corruption, of both, and of the control.
struct Sums {
    Tally bugs;
    Tally corruption;
    Tally all;
    Tally control;

    explicit Sums(std::vector<Row> const& rows) {
        for (auto const& row : rows) {
            (row.kind->random ? corruption : bugs).add(row.tally);
            all.add(row.tally);
            control.add(row.control);
        }
    }
};

/// Without what tells functions of one name apart.
std::string_view plain_name(std::string_view function) {
    return function.substr(0, function.find(" [clone"));
}

} // namespace

std::vector<Row> rows_of(std::vector<Outcome> const& outcomes) {
    std::vector<Row> rows;
    for (std::string_view const machine : {"host", "qemu"})
        for (auto const& kind : kinds) {
            Row row{machine, &kind, {}, {}};
            for (auto const& outcome : outcomes)
                if (outcome.kind == &kind && outcome.machine == machine)
                    (outcome.control ? row.control : row.tally).add(outcome.verdict);
            if (row.tally.injected() + row.control.injected() != 0)
                rows.push_back(row);
        }
    return rows;
}

void print_table(u64 seed, std::vector<Row> const& rows) {
    fmt::print("{:<22} {:>8} {:>10} {:>9} {:>6} {:>7} {:>4} {:>7} {:>6}  contained of manifested\n",
               fmt::format("seed {}", seed), "injected", "manifested", "contained", "halted",
               "crashed", "hung", "damaged", "silent");
    for (auto const& row : rows) {
        print_tally(fmt::format("{} {}", row.machine, row.kind->name), row.tally);
        if (row.control.injected() != 0)
            print_tally("  not contained", row.control);
    }
    Sums const sums(rows);
    print_tally("checks and null", sums.bugs);
    print_tally("random corruption", sums.corruption);
    print_tally("all", sums.all);
    if (sums.control.injected() != 0)
        print_tally("  not contained", sums.control);
}

void print_groups(std::vector<Outcome> const& outcomes) {
    for (auto const verdict :
         {Verdict::damaged, Verdict::halted, Verdict::hung, Verdict::crashed, Verdict::silent}) {
        std::map<std::string, std::map<std::string, unsigned>> places; // by function
        for (auto const& outcome : outcomes)
            if (!outcome.control && outcome.verdict == verdict)
                ++places[std::string(plain_name(outcome.function))][outcome.place];

        struct Group {
            unsigned count = 0;
            std::string text;
        };

        std::vector<Group> groups;
        for (auto const& [function, lines] : places) {
            Group group;
            for (auto const& [line, count] : lines) {
                group.count += count;
                group.text += fmt::format("{}{}", group.text.empty() ? "" : ", ", line);
            }
            group.text = fmt::format("{}: {}", function, group.text);
            groups.push_back(std::move(group));
        }
        std::ranges::sort(groups, [](Group const& a, Group const& b) {
            return a.count != b.count ? a.count > b.count : a.text < b.text;
        });
        if (!groups.empty())
            fmt::print("{}:\n", verdict_names[static_cast<std::size_t>(verdict)]);
        for (auto const& group : groups)
            fmt::print("  {:>4}  {}\n", group.count, group.text);
    }
}

bool print_verdict(std::vector<Row> const& rows, Goals const& goals) {
    Sums const sums(rows);
    bool met = true;
    auto const require = [&](Tally const& tally, double goal, std::string_view name) {
        if (tally.manifested() == 0)
            return;
        double const share =
            goals.counted ? share_of(tally)
                          : 100 * confidence(tally.of(Verdict::contained), tally.manifested()).high;
        if (share >= goal)
            return;
        fmt::print("{}: below the goal of {:.0f} %\n", name, goal);
        met = false;
    };
    require(sums.bugs, goals.bugs, "checks and null");
    require(sums.corruption, goals.corruption, "random corruption");
    if (sums.control.of(Verdict::contained) != 0) {
        fmt::print("without containment something was contained\n");
        met = false;
    }
    if (sums.all.manifested() == 0) {
        fmt::print("nothing manifested\n");
        met = false;
    }
    fmt::print("contained {} of {} manifested ({:.1f} %)\n", sums.all.of(Verdict::contained),
               sums.all.manifested(), share_of(sums.all));
    return met;
}

std::string json_of(u64 seed, std::vector<Row> const& rows) {
    std::string text = fmt::format("{{\"seed\":{},\"rows\":[", seed);
    for (auto const& row : rows)
        text += fmt::format("{}{{\"machine\":\"{}\",\"kind\":\"{}\",{},{}}}",
                            &row == rows.data() ? "" : ",", row.machine, row.kind->name,
                            json_of("containment", row.tally), json_of("control", row.control));
    return text + "]}\n";
}

} // namespace faults
