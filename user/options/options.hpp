// What tools share: the command line, complaints, colours.
#pragma once

#include "libs/base/vector.hpp"
#include "user/os/environment.hpp"

#include <optional>
#include <span>

/// An option that a tool knows. With `value`, a word follows it, or stands in the same word behind
/// the letter or `=`.
struct Option {
    char letter;                 ///< 0: none
    std::string_view name;       ///< behind `--`; empty: none
    std::string_view what;       ///< for --help
    std::string_view value = {}; ///< what to call its value in --help
};

/// The options and operands of this program. `--help` prints what it is for and ends it with 0;
/// what is no option of it is complained about and ends it with 2. Letters may be joined (-la),
/// `--` ends the options, and options may follow operands.
class CommandLine {
public:
    /// `usage` are the operands, as "[FILE]..."; `what` is one sentence.
    CommandLine(std::string_view usage, std::string_view what, std::span<Option const> options,
                os::Texts words = os::arguments().from(1));

    bool has(char letter) const;
    bool has(std::string_view name) const;
    /// Of the last one that was given.
    std::optional<std::string_view> value(char letter) const;
    std::optional<std::string_view> value(std::string_view name) const;

    /// A value from 1 to `most`, or `usual` without the option; another ends the program with 2.
    u64 number(char letter, u64 usual, u64 most) const;

    Vector<std::string_view> const& operands() const { return operands_; }

    /// Ends the program with 2 unless there are so many operands.
    void need_operands(usize at_least, usize at_most = SIZE_MAX) const;

private:
    struct Given {
        Option const* option;
        std::string_view value;
    };

    void help(std::string_view usage, std::string_view what) const;
    void take_long(std::string_view word, os::Texts::Iterator& next);
    void take_letters(std::string_view word, os::Texts::Iterator& next);

    std::span<Option const> options_;
    Vector<Given> given_;
    Vector<std::string_view> operands_;
};

/// Prints "PROGRAM: PATH: WHY" and makes exit_status() 1.
void complain(std::string_view path, Error const& error);
void complain(std::string_view path, std::string_view why);
/// What main() returns: 1 after a complaint or when output was lost.
int exit_status();

/// Sequences for a terminal: empty when standard output is none, when TERM is dumb, or when
/// NO_COLOR is set.
class Colours {
public:
    Colours();

    std::string_view directory() const { return pick("\033[1;34m"); }

    std::string_view program() const { return pick("\033[1;32m"); }

    std::string_view link() const { return pick("\033[1;36m"); }

    std::string_view device() const { return pick("\033[1;33m"); }

    std::string_view bad() const { return pick("\033[1;31m"); }

    std::string_view warning() const { return pick("\033[33m"); }

    std::string_view faint() const { return pick("\033[2m"); }

    std::string_view end() const { return pick("\033[0m"); }

private:
    std::string_view pick(std::string_view sequence) const {
        return used_ ? sequence : std::string_view();
    }

    bool used_;
};

/// A whole decimal number.
std::optional<u64> parse_number(std::string_view text);
/// A whole octal one.
std::optional<u64> parse_octal(std::string_view text);
