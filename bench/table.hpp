// What is measured, on which side, and which goal it has.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Numbers of one kernel, by the name of what was measured.
using Numbers = std::map<std::string, double>;

struct Goal {
    enum class Kind { share_of_linux, at_most } kind;
    double value;
};

/// How a number comes about.
enum class Source {
    boot,      ///< by the measuring program as it starts
    operation, ///< by the measuring program, in a loop
    memory,    ///< by machines with less and less memory
    size,      ///< from the kernel's file; Linnet only
};

struct Row {
    std::string_view name;
    std::string_view about;
    std::string_view unit;
    Source source;
    Goal goal;
};

inline constexpr double mib = 1024 * 1024;

inline constexpr Row rows[] = {
    {"first-instruction",
     "machine start to the first user instruction",
     "instructions",
     Source::boot,
     {Goal::Kind::share_of_linux, 0.01}},
    {"prompt",
     "machine start to the shell's prompt",
     "instructions",
     Source::boot,
     {Goal::Kind::share_of_linux, 0.01}},
    {"memory",
     "smallest -m that reaches the prompt on microvm",
     "MiB",
     Source::memory,
     {Goal::Kind::at_most, 12}},
    {"size",
     "stripped size of the kernel",
     "bytes",
     Source::size,
     {Goal::Kind::at_most, 1.5 * mib}},
    {"null-call",
     "getppid()",
     "instructions",
     Source::operation,
     {Goal::Kind::share_of_linux, 0.6}},
    {"fork+exit+wait",
     "a child that ends at once",
     "instructions",
     Source::operation,
     {Goal::Kind::share_of_linux, 0.6}},
    {"fork+exec",
     "a child that becomes a static program that ends at once",
     "instructions",
     Source::operation,
     {Goal::Kind::share_of_linux, 0.6}},
    {"pipe-round-trip",
     "a byte to another process and one back",
     "instructions",
     Source::operation,
     {Goal::Kind::share_of_linux, 0.6}},
    {"page-fault",
     "first write to a page of anonymous memory",
     "instructions",
     Source::operation,
     {Goal::Kind::share_of_linux, 0.6}},
    {"page-fault-read",
     "first read of a page of anonymous memory",
     "instructions",
     Source::operation,
     {Goal::Kind::share_of_linux, 0.6}},
    {"context-switch",
     "sched_yield() to another process",
     "instructions",
     Source::operation,
     {Goal::Kind::share_of_linux, 0.6}},
    {"open+close",
     "open(\"/etc/passwd\") and close()",
     "instructions",
     Source::operation,
     {Goal::Kind::share_of_linux, 0.6}},
    {"stat",
     "stat(\"/etc/passwd\")",
     "instructions",
     Source::operation,
     {Goal::Kind::share_of_linux, 0.6}},
};

/// The row of that name, or nullptr.
Row const* find_row(std::string_view name);

/// One line of the result: a row with what was found.
struct Finding {
    Row const* row;
    std::optional<double> ours;
    std::optional<double> theirs; ///< Linux's; nothing where only Linnet is measured

    /// Nothing when a side is missing.
    std::optional<double> share() const;
    bool goal_met() const;
};

std::vector<Finding> compare(std::vector<Row const*> const& wanted, Numbers const& ours,
                             Numbers const& theirs);

std::string as_table(std::vector<Finding> const& findings);
std::string as_json(std::vector<Finding> const& findings);

} // namespace bench
