// Adds source lines and inlined functions to the frames in a kernel's log that have none.
#pragma once

#include <memory>
#include <string>
#include <string_view>

class SourceMap;

namespace runner {

/// Knows one kernel by its DWARF, which is read when the first backtrace comes. A kernel without
/// it, or one that cannot be read, gets no explanations.
class Explainer {
public:
    explicit Explainer(std::string kernel);
    ~Explainer();

    /// What follows a line of the log: for a frame of a backtrace a line per function, innermost
    /// first, each with its newline; else nothing.
    std::string explain(std::string_view line);

private:
    std::string kernel_;
    std::string image_; ///< what the map's names lie in
    std::unique_ptr<SourceMap> map_;
    unsigned long fault_ = 0; ///< the instruction of the last bug that was a CPU fault
};

/// A whole log, explained.
std::string explained(std::string_view log, Explainer& explainer);

} // namespace runner
