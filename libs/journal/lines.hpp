// Lines out of pieces of a stream.
#pragma once

#include "libs/base/function_ref.hpp"
#include "libs/base/string.hpp"

namespace journal {

/// Longer lines are cut, and say by how much.
class Lines {
public:
    explicit Lines(usize longest = 4'000) : longest_(longest) {}

    /// Each line that is whole now, without its end. Empty ones are left out.
    void add(std::string_view piece, FunctionRef<void(std::string_view)> line);

private:
    usize longest_;
    String line_;
    usize cut_ = 0; ///< bytes behind the longest that a line may be
};

} // namespace journal
