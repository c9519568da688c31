// From words of the tree to the words a command gets: parameters, commands, fields, file names.
#pragma once

#include "libs/base/function_ref.hpp"
#include "libs/base/vector.hpp"
#include "libs/shell/arithmetic.hpp"
#include "libs/shell/tree.hpp"

#include <expected>
#include <optional>
#include <string_view>

namespace shell {

/// What expansions need of the world around them.
class World : public ArithmeticVariables {
public:
    /// $?, $$, $!, $- and $0; empty for what is not there.
    virtual String special(char name) = 0;
    /// $1 and what follows.
    virtual Slice<String const> arguments() = 0;
    /// Runs commands and returns what they write.
    virtual std::expected<String, Problem> output_of(Ref<List> const& commands) = 0;
    /// The home directory of a user; with an empty name one's own.
    virtual std::optional<String> home_of(std::string_view user) = 0;
    /// Calls back with each name in a directory (empty: the current one), in any order.
    virtual void names_in(std::string_view directory, FunctionRef<void(std::string_view)> name) = 0;
    virtual bool exists(std::string_view path) = 0;
    virtual bool is_directory(std::string_view path) = 0;

    /// set -u: a variable that is not set is an error.
    virtual bool unset_is_error() const { return false; }

    /// set -f: no file names.
    virtual bool without_file_names() const { return false; }

protected:
    ~World() = default;
};

/// The fields a word becomes: none, one or many.
std::expected<Vector<String>, Problem> expand_fields(World& world, Word const& word);

/// One text, as in assignments and redirections: no fields, no file names.
std::expected<String, Problem> expand_text(World& world, Word const& word);

/// As expand_text, as a pattern whose quoted characters mean themselves.
std::expected<String, Problem> expand_pattern(World& world, Word const& word);

/// Splits as `read` does: at most `most` fields, the last of which takes the rest. A character
/// whose mark in `marks` is not 'e' does not separate.
Vector<String> split_line(std::string_view text, std::string_view marks,
                          std::string_view separators, usize most);

/// The names of existing files that fit the pattern, sorted.
Vector<String> file_names(World& world, std::string_view pattern);

} // namespace shell
