// Integer expressions of $((...)), with the operators and precedence of C.
#pragma once

#include "libs/base/string.hpp"

#include <expected>
#include <optional>
#include <string_view>

namespace shell {

/// Where an expression finds variables and puts what it assigns.
class ArithmeticVariables {
public:
    virtual std::optional<String> variable(std::string_view name) = 0;
    /// False if the variable may not be changed.
    virtual bool assign(std::string_view name, std::string_view value) = 0;

protected:
    ~ArithmeticVariables() = default;
};

struct ArithmeticError {
    usize at; ///< offset in the expression
    String message;
};

/// 64 bits, wrapping. A variable's value is an expression itself; none counts as 0.
std::expected<i64, ArithmeticError> evaluate(std::string_view expression,
                                             ArithmeticVariables& variables);

/// A number as C writes it, with a sign, and nothing else.
std::optional<i64> parse_integer(std::string_view text);

} // namespace shell
