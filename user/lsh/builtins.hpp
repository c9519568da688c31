// The commands that the shell is itself.
#pragma once

#include "user/lsh/shell.hpp"

namespace lsh {

struct Builtin {
    std::string_view name;
    int (*run)(Shell& shell, Vector<String> const& words);
    std::string_view usage; ///< for `help`
    std::string_view help;
    bool special = false;            ///< POSIX: found before functions; assignments stay
    bool keeps_redirections = false; ///< `exec`
};

Builtin const* find_builtin(std::string_view name);
std::span<Builtin const> builtins();

// Defined in builtins_*.cpp; words[0] is the name.
namespace builtin {

using Words = Vector<String> const&;

int nothing(Shell& shell, Words words); // :, true
int fail(Shell& shell, Words words);
int echo(Shell& shell, Words words);
int printf(Shell& shell, Words words);
int test(Shell& shell, Words words);
int read(Shell& shell, Words words);
int pwd(Shell& shell, Words words);
int cd(Shell& shell, Words words);
int umask(Shell& shell, Words words);
int type(Shell& shell, Words words);
int command(Shell& shell, Words words);
int help(Shell& shell, Words words);

int set(Shell& shell, Words words);
int shift(Shell& shell, Words words);
int export_(Shell& shell, Words words);
int readonly(Shell& shell, Words words);
int unset(Shell& shell, Words words);
int local(Shell& shell, Words words);
int getopts(Shell& shell, Words words);

int exit(Shell& shell, Words words);
int return_(Shell& shell, Words words);
int break_(Shell& shell, Words words);
int eval(Shell& shell, Words words);
int source(Shell& shell, Words words);
int exec(Shell& shell, Words words);
int trap(Shell& shell, Words words);

int jobs(Shell& shell, Words words);
int fg(Shell& shell, Words words);
int bg(Shell& shell, Words words);
int wait(Shell& shell, Words words);
int kill(Shell& shell, Words words);

} // namespace builtin

/// Sets options from "-e", "+x", "-o name"; false for one that is unknown, after saying so.
bool set_option(Shell& shell, std::string_view word, std::string_view name_of_long);

} // namespace lsh
