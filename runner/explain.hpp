// Adds source lines and inlined functions to the frames in a kernel's log that have none.
#pragma once

#include "runner/program_lines.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

class SourceMap;

namespace runner {

/// What each record of a program's backtrace begins with.
inline constexpr std::string_view backtrace_prefix = "backtrace: ";

/// Knows one kernel by its DWARF, which is read when the first backtrace comes. A kernel without
/// it, or one that cannot be read, gets no explanations.
class Explainer {
public:
    /// `program` as ProgramLines takes it.
    explicit Explainer(std::string kernel,
                       std::function<std::string(std::string const&)> program = nothing);
    ~Explainer();

    /// What follows a line of the log: for a frame of a backtrace a line per function, innermost
    /// first, each with its newline; else nothing.
    std::string explain(std::string_view line);

private:
    static std::string nothing(std::string const&) { return {}; }

    std::string explain_user_frame(std::string_view line);

    std::string kernel_;
    std::string image_; ///< what the map's names lie in
    std::unique_ptr<SourceMap> map_;
    unsigned long fault_ = 0; ///< the instruction of the last bug that was a CPU fault
    ProgramLines programs_;
    std::string program_; ///< whose backtrace it is
};

/// A whole log, explained.
std::string explained(std::string_view log, Explainer& explainer);

} // namespace runner
