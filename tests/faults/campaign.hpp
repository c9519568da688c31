// Judges what became of an injection, and adds up.
#pragma once

#include "tests/faults/injection.hpp"

namespace faults {

enum class Verdict {
    nothing,   ///< no difference to a clean run
    contained, ///< reported; afterwards everything works and nothing is missing
    halted,
    crashed,
    hung,
    damaged, ///< reported; but afterwards something does not work, or is held for ever
    silent   ///< something is wrong, and no word of it
};

inline constexpr std::size_t verdict_count = 7;
inline constexpr std::string_view verdict_names[verdict_count] = {
    "nothing", "contained", "halted", "crashed", "hung", "damaged", "silent"};

struct Judgement {
    Verdict verdict = Verdict::nothing;
    std::string why; ///< for people: what is wrong
};

Judgement judge(Ending const& ending, Ending const& clean);

/// Counts of one kind.
struct Tally {
    std::array<unsigned, verdict_count> counts{};

    void add(Verdict verdict) { ++counts[static_cast<std::size_t>(verdict)]; }

    void add(Tally const& other) {
        for (std::size_t i = 0; i < verdict_count; ++i)
            counts[i] += other.counts[i];
    }

    unsigned of(Verdict verdict) const { return counts[static_cast<std::size_t>(verdict)]; }

    unsigned injected() const;

    unsigned manifested() const { return injected() - of(Verdict::nothing); }
};

struct Interval {
    double low = 0;
    double high = 1;
};

/// Wilson's score interval, 95 %, of a share of `successes` among `trials`.
Interval confidence(unsigned successes, unsigned trials);

} // namespace faults
