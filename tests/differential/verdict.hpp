// What the answers of Linux and of Linnet to one case mean.
#pragma once

#include "tests/differential/guest.hpp"

#include <span>
#include <vector>

namespace differential {

enum class Verdict {
    same,
    excused,
    unsettled, ///< Linux itself answers in several ways, and Linnet's answer is one of them
    different,
};

/// How often Linux is asked again about a case before Linnet is said to differ.
inline constexpr std::size_t further_questions = 5;

/// The verdict on `linnet` when Linux gave `linux_answers` (at least one; the first is the one that
/// is kept from run to run). An answer that is no result, such as a hang, never agrees.
Verdict judge(Case const& one, std::span<Outcome const> linux_answers, Outcome const& linnet);

/// The cases to ask Linux about again: those that differ and have no excuse, as numbers in `cases`.
std::vector<std::size_t> doubtful(std::vector<Case> const& cases, Outcomes const& expected,
                                  Outcomes const& actual);

/// Those cases, each `further_questions` times, so that one boot can ask them all.
std::vector<Case> questions(std::vector<Case> const& cases, std::vector<std::size_t> const& which);

/// All answers of Linux by case number: the kept one, then those to `questions(cases, which)`.
std::map<std::size_t, std::vector<Outcome>>
gather(Outcomes const& expected, std::vector<std::size_t> const& which, Outcomes const& answers);

} // namespace differential
