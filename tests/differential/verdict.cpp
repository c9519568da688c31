// What the answers of Linux and of Linnet to one case mean.
#include "tests/differential/verdict.hpp"

#include <algorithm>

namespace differential {

Verdict judge(Case const& one, std::span<Outcome const> linux_answers, Outcome const& linnet) {
    if (!linnet.failure.empty())
        return Verdict::different;
    if (linux_answers.front() == linnet)
        return Verdict::same;
    if (!one.excuse.empty())
        return Verdict::excused;
    return std::ranges::find(linux_answers, linnet) == linux_answers.end() ? Verdict::different
                                                                           : Verdict::unsettled;
}

std::vector<std::size_t> doubtful(std::vector<Case> const& cases, Outcomes const& expected,
                                  Outcomes const& actual) {
    std::vector<std::size_t> which;
    for (std::size_t i = 0; i < cases.size(); ++i)
        if (actual.at(i).failure.empty() &&
            judge(cases[i], {&expected.at(i), 1}, actual.at(i)) == Verdict::different)
            which.push_back(i);
    return which;
}

std::vector<Case> questions(std::vector<Case> const& cases, std::vector<std::size_t> const& which) {
    std::vector<Case> again;
    for (std::size_t round = 0; round < further_questions; ++round)
        for (auto const number : which)
            again.push_back(cases[number]);
    return again;
}

std::map<std::size_t, std::vector<Outcome>>
gather(Outcomes const& expected, std::vector<std::size_t> const& which, Outcomes const& answers) {
    std::map<std::size_t, std::vector<Outcome>> all;
    for (auto const& [number, outcome] : expected)
        all[number].push_back(outcome);
    for (auto const& [question, outcome] : answers)
        all[which[question % which.size()]].push_back(outcome);
    return all;
}

} // namespace differential
