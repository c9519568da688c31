// The frames of one thread, with names and lines.
#pragma once

#include "libs/inspect/places.hpp"
#include "user/bt/files.hpp"
#include "user/bt/target.hpp"

namespace bt {

struct Frame {
    u64 address = 0;        ///< where it goes on
    std::string_view image; ///< path of the file that is mapped there; empty: none
    u64 in_image = 0;       ///< what it executes, as the file has it
    u32 repeated = 0;       ///< so many frames more were at the same address before
};

/// Innermost first. Ends after `most` frames, or where nothing tells the caller.
Vector<Frame> walk(Target const& target, Files const& files, inspect::CoreThread const& thread,
                   usize most);

struct Function {
    String name; ///< empty: nobody knows it
    String file; ///< empty: nobody knows it
    u32 line = 0;
    u64 offset = 0; ///< into the function; only where no line is known
};

/// The function at a frame, behind those that are inlined into it there.
Vector<Function> functions_at(Files const& files, Frame const& frame, bool lines);

} // namespace bt
