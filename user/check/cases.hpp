// Test cases: what a command reads, and what it must write and answer with.
//
//     ## counts lines                 a case and its name
//     $ printf 'a\nb\n' | wc -l       a line of its shell script; it may have several
//     < text                          a line of its standard input
//     | 2                             a line that it must write to standard output
//     |~ took * seconds               the same, where * stands for anything
//     ! cat: no such file             a line that it must write to standard error; `!~` as above
//     = 0                             its exit code; 0 when it is not given
//     @ ls cat                        in the cases from here on, these are the programs beside this
//     one,
//                                     not what the shell has built in
//
// Anything else up to the first case, and lines that start with `#` and one space, are remarks.
#pragma once

#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"

struct Line {
    String text;
    bool pattern = false;
};

struct Case {
    String name;
    String script;
    String programs; ///< names with a space before each
    String input;
    Vector<Line> output;
    Vector<Line> errors;
    int status = 0;
    int line = 0; ///< in the file
};

struct Cases {
    Vector<Case> cases;
    int bad_line = 0; ///< not 0: the first line that is none of the above
};

Cases parse_cases(std::string_view text);

/// Whether `text` is what `expected` asks for: line by line, each with its end.
bool matches(Vector<Line> const& expected, std::string_view text);
