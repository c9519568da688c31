// Lines out of pieces of a stream.
#pragma once

#include "libs/base/function_ref.hpp"
#include "libs/base/string.hpp"

namespace journal {

/// Longer lines are cut, and say by how much.
class Lines {
public:
    static constexpr usize longest = 4'000;

    /// Each line that is whole now, without its end. Empty ones are left out.
    void add(std::string_view piece, FunctionRef<void(std::string_view)> line);

private:
    String line_;
    usize cut_ = 0; ///< bytes behind the longest line
};

} // namespace journal
