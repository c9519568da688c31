// Works through injections, on several machines at once.
#pragma once

#include "tests/faults/campaign.hpp"
#include "tests/faults/lines.hpp"

#include <functional>
#include <memory>

namespace faults {

/// One injection to make.
struct Job {
    KindRow const* kind = nullptr;
    std::span<u64 const> candidates;
    u64 seed = 0;
    std::optional<u64> site; ///< its first execution; else the seed chooses among the candidates
};

/// What became of a job.
struct Outcome {
    std::string_view machine; ///< "host" or "qemu"
    KindRow const* kind = nullptr;
    bool control = false;
    Verdict verdict = Verdict::nothing;
    std::string function; ///< where the fault was put
    std::string place;    ///< likewise: file and line
    std::string why;
};

/// A kernel, and what it does when nobody harms it.
class Subject {
public:
    /// Throws Failure when two clean runs differ.
    explicit Subject(std::unique_ptr<Target> target);

    Target& target() { return *target_; }

    /// Nothing when there was no place for the fault. Says what came of it on stderr, in one line.
    std::optional<Outcome> run(Job const& job, Lines const& lines, bool control, bool show_log);

private:
    std::unique_ptr<Target> target_;
    Ending clean_;
};

/// A machine that contains, or does not.
using MakeTarget = std::function<std::unique_ptr<Target>(bool contains)>;

/// On `machines` subjects, of which `first` is one, and as many that contain nothing if `control`.
std::vector<Outcome> work_through(std::vector<Job> const& jobs, Subject& first,
                                  MakeTarget const& make, unsigned machines, bool control,
                                  Lines const& lines);

} // namespace faults
