// The ABI's codes and what they stand for: operators, builtin types, standard and special names.
#pragma once

#include "libs/demangle/tree.hpp"

#include <optional>
#include <string_view>

namespace demangle {

enum class Arity : u8 { none, type, one, two, three, call, cast, named_cast, member, create };

struct Operator {
    char code[3];
    Arity arity;
    std::string_view text;
};

/// How a literal of the type is printed.
enum class Literal : u8 { plain, suffixed, truth, floating };

struct Builtin {
    char code; ///< one letter, or the letter behind D
    std::string_view text;
    Literal literal = Literal::plain;
    std::string_view suffix = {};
};

/// Of std, behind S.
struct Standard {
    char code;
    std::string_view text;
    std::string_view whole; ///< what it is before a constructor or destructor
    std::string_view name;  ///< of the constructor
};

enum class Operand : u8 {
    type,
    name,
    encoding,
    transaction,
    construction,
    thunk,
    covariant,
    argument,
    temporary,
};

/// Behind _Z.
struct Special {
    char code[3];
    Operand operand;
    std::string_view text;
};

/// Indices into what the functions below return.
std::optional<u8> find_operator(std::string_view code);
std::optional<u8> find_builtin(char code);
std::optional<u8> find_long_builtin(char code); // behind D
std::optional<u8> find_standard(char code);
std::optional<u8> find_special(std::string_view code);

Operator const& operator_of(u8 index);
Builtin const& builtin_of(u8 index);
Standard const& standard_of(u8 index);
Special const& special_of(u8 index);
std::string_view text_of(Modifier modifier);

} // namespace demangle
