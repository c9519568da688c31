// Adds source lines and inlined functions to the frames in a kernel's log that have none.
#pragma once

#include "runner/program_lines.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace runner {

class KernelImage;

/// What each record of a program's backtrace begins with.
inline constexpr std::string_view backtrace_prefix = "backtrace: ";

/// Knows one kernel by its file, which is read when the first backtrace comes. One that cannot be
/// read gets no explanations.
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
    std::unique_ptr<KernelImage> image_;
    bool unreadable_ = false;
    unsigned long fault_ = 0; ///< the instruction of the last bug that was a CPU fault
    ProgramLines programs_;
};

/// A whole log, explained.
std::string explained(std::string_view log, Explainer& explainer);

} // namespace runner
