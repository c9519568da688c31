// What bt prints: for people, and as JSON.
#pragma once

#include "user/bt/stack.hpp"

namespace bt {

struct Style {
    usize most_frames = 64;
    bool lines = true; ///< by DWARF; else only symbols
};

void print_text(Target const& target, Files const& files, Style const& style);
/// One object, on one line.
void print_json(Target const& target, Files const& files, Style const& style);

} // namespace bt
