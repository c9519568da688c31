// What a campaign says at its end: the table, the groups of what was not contained, JSON.
#pragma once

#include "tests/faults/crew.hpp"

namespace faults {

/// What one kind came to on one machine.
struct Row {
    std::string_view machine;
    KindRow const* kind = nullptr;
    Tally tally;
    Tally control;
};

/// By machine, then in the order of `kinds`, without those of which there is nothing.
std::vector<Row> rows_of(std::vector<Outcome> const& outcomes);

void print_table(u64 seed, std::vector<Row> const& rows);

/// What was not contained, by verdict, then by function, most first.
void print_groups(std::vector<Outcome> const& outcomes);

/// Contained at least, in percent.
struct Goals {
    double bugs = 99;       ///< checks and null
    double corruption = 85; ///< random
    /// Of what was counted; else only not disproved, as a short run cannot prove 99 %.
    bool counted = false;
};

/// Prints what is below its goal and, as the last line, the share of all; returns whether the goals
/// are met.
bool print_verdict(std::vector<Row> const& rows, Goals const& goals);

std::string json_of(u64 seed, std::vector<Row> const& rows);

} // namespace faults
