// Precedence climbing over the characters of an expression.
#include "libs/shell/arithmetic.hpp"

#include "libs/base/format.hpp"
#include "libs/shell/parser.hpp"

#include <charconv>
#include <limits>

namespace shell {
namespace {

constexpr u32 deepest = 200;

struct Binary {
    std::string_view symbol;
    u8 level; ///< binds tighter when higher
};

// Longer symbols first, so that the first that fits is the one.
constexpr Binary binaries[] = {
    {"**", 12}, {"<<", 9}, {">>", 9}, {"<=", 8}, {">=", 8}, {"==", 7}, {"!=", 7},
    {"&&", 3},  {"||", 2}, {"*", 11}, {"/", 11}, {"%", 11}, {"+", 10}, {"-", 10},
    {"<", 8},   {">", 8},  {"&", 6},  {"^", 5},  {"|", 4},
};

constexpr std::string_view assignments[] = {
    "<<=", ">>=", "*=", "/=", "%=", "+=", "-=", "&=", "^=", "|=", "="};

u64 bits(i64 value) {
    return static_cast<u64>(value);
}

class Evaluator {
public:
    Evaluator(std::string_view text, ArithmeticVariables& variables, u32 depth)
        : text_(text), variables_(variables), depth_(depth) {}

    std::expected<i64, ArithmeticError> run() {
        i64 const value = at_end() ? 0 : comma();
        if (!error_ && !at_end())
            fail(format("`{}` does not belong here", text_.substr(at_, 1)));
        if (error_)
            return std::unexpected(*error_);
        return value;
    }

private:
    void skip_blanks() {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos)
            ++at_;
    }

    bool at_end() {
        skip_blanks();
        return at_ >= text_.size();
    }

    bool take(std::string_view symbol) {
        skip_blanks();
        if (error_ || !text_.substr(at_).starts_with(symbol))
            return false;
        at_ += symbol.size();
        return true;
    }

    i64 fail(String message) {
        if (!error_)
            error_ = ArithmeticError{at_, std::move(message)};
        at_ = text_.size();
        return 0;
    }

    i64 comma() {
        i64 value = assignment();
        while (take(","))
            value = assignment();
        return value;
    }

    std::string_view name() {
        skip_blanks();
        usize end = at_;
        if (end < text_.size() && starts_name(text_[end]))
            while (end < text_.size() && continues_name(text_[end]))
                ++end;
        return text_.substr(at_, end - at_);
    }

    i64 assignment() {
        usize const start = at_;
        auto const target = name();
        if (!target.empty()) {
            at_ += target.size();
            skip_blanks();
            for (auto const symbol : assignments) {
                if (!text_.substr(at_).starts_with(symbol) ||
                    (symbol == "=" && text_.substr(at_).starts_with("==")))
                    continue;
                at_ += symbol.size();
                i64 const right = deeper(&Evaluator::assignment);
                if (symbol == "=")
                    return store(target, right);
                return store(target,
                             apply(symbol.substr(0, symbol.size() - 1), value_of(target), right));
            }
            at_ = start;
        }
        return choice();
    }

    i64 deeper(i64 (Evaluator::*rule)()) {
        if (++depth_ > deepest)
            fail("nested too deeply");
        i64 const value = error_ ? 0 : (this->*rule)();
        --depth_;
        return value;
    }

    i64 choice() {
        i64 const condition = binary(1);
        if (!take("?"))
            return condition;
        skipping_ += condition == 0 ? 1 : 0;
        i64 const first = deeper(&Evaluator::comma);
        skipping_ -= condition == 0 ? 1 : 0;
        if (!take(":"))
            return fail("`?` without its `:`");
        skipping_ += condition != 0 ? 1 : 0;
        i64 const second = deeper(&Evaluator::assignment);
        skipping_ -= condition != 0 ? 1 : 0;
        return condition != 0 ? first : second;
    }

    Binary const* next_binary() {
        skip_blanks();
        auto const rest = text_.substr(at_);
        for (auto const& candidate : binaries)
            if (rest.starts_with(candidate.symbol))
                return &candidate;
        return nullptr;
    }

    i64 binary(u8 least) {
        i64 left = deeper(&Evaluator::unary);
        for (;;) {
            auto const* const symbol = error_ ? nullptr : next_binary();
            if (symbol == nullptr || symbol->level < least)
                return left;
            at_ += symbol->symbol.size();
            bool const decided =
                (symbol->symbol == "&&" && left == 0) || (symbol->symbol == "||" && left != 0);
            skipping_ += decided ? 1 : 0;
            right_level_ =
                static_cast<u8>(symbol->symbol == "**" ? symbol->level : symbol->level + 1);
            i64 const right = deeper(&Evaluator::right_side);
            skipping_ -= decided ? 1 : 0;
            left = apply(symbol->symbol, left, right);
        }
    }

    i64 right_side() { return binary(right_level_); }

    i64 unary() {
        if (take("++"))
            return step(1);
        if (take("--"))
            return step(-1);
        if (take("-"))
            return static_cast<i64>(0 - bits(deeper(&Evaluator::unary)));
        if (take("+"))
            return deeper(&Evaluator::unary);
        if (take("!"))
            return deeper(&Evaluator::unary) == 0 ? 1 : 0;
        if (take("~"))
            return ~deeper(&Evaluator::unary);
        return primary();
    }

    /// ++ and -- in front of a name; in front of anything else two signs.
    i64 step(i64 by) {
        auto const target = name();
        if (target.empty()) {
            return deeper(&Evaluator::unary);
        }
        at_ += target.size();
        return store(target, static_cast<i64>(bits(value_of(target)) + bits(by)));
    }

    i64 primary() {
        if (take("(")) {
            i64 const value = deeper(&Evaluator::comma);
            return take(")") ? value : fail("`(` without its `)`");
        }
        if (auto const variable = name(); !variable.empty()) {
            at_ += variable.size();
            i64 const value = value_of(variable);
            if (take("++"))
                store(variable, static_cast<i64>(bits(value) + 1));
            else if (take("--"))
                store(variable, static_cast<i64>(bits(value) - 1));
            return value;
        }
        usize end = at_;
        while (end < text_.size() && (continues_name(text_[end])))
            ++end;
        if (end == at_)
            return fail(at_end() ? String("a number is missing at the end")
                                 : format("a number must stand before `{}`", text_.substr(at_, 1)));
        auto const value = parse_integer(text_.substr(at_, end - at_));
        if (!value)
            return fail(format("`{}` is no number", text_.substr(at_, end - at_)));
        at_ = end;
        return *value;
    }

    i64 value_of(std::string_view variable) {
        auto const value = skipping_ != 0 ? std::nullopt : variables_.variable(variable);
        if (!value)
            return 0;
        if (auto const number = parse_integer(*value))
            return *number;
        if (depth_ + 20 > deepest)
            return fail(format("`{}` leads to itself", variable));
        auto const inner = Evaluator(*value, variables_, depth_ + 20).run();
        return inner ? *inner : fail(inner.error().message);
    }

    i64 store(std::string_view variable, i64 value) {
        if (skipping_ == 0 && !error_ && !variables_.assign(variable, format("{}", value)))
            fail(format("{}: is read only", variable));
        return value;
    }

    i64 divide(std::string_view symbol, i64 a, i64 b) {
        if (b == 0)
            return skipping_ != 0 ? 0 : fail("division by zero");
        if (b == -1) // the smallest number has no opposite
            return symbol == "/" ? static_cast<i64>(0 - bits(a)) : 0;
        return symbol == "/" ? a / b : a % b;
    }

    i64 power(i64 base, i64 exponent) {
        if (exponent < 0)
            return fail("an exponent below 0");
        u64 result = 1;
        for (u64 square = bits(base); exponent != 0; exponent >>= 1, square *= square)
            result *= (exponent & 1) != 0 ? square : 1;
        return static_cast<i64>(result);
    }

    i64 apply(std::string_view symbol, i64 a, i64 b) {
        switch (symbol[0]) {
        case '*':
            return symbol == "**" ? power(a, b) : static_cast<i64>(bits(a) * bits(b));
        case '/':
        case '%':
            return divide(symbol, a, b);
        case '+':
            return static_cast<i64>(bits(a) + bits(b));
        case '-':
            return static_cast<i64>(bits(a) - bits(b));
        case '<':
            return symbol == "<<"   ? static_cast<i64>(bits(a) << (bits(b) & 63))
                   : symbol == "<=" ? a <= b
                                    : a < b;
        case '>':
            return symbol == ">>" ? a >> (bits(b) & 63) : symbol == ">=" ? a >= b : a > b;
        case '=':
            return a == b;
        case '!':
            return a != b;
        case '&':
            return symbol == "&&" ? (a != 0 && b != 0) : (a & b);
        case '|':
            return symbol == "||" ? (a != 0 || b != 0) : (a | b);
        default:
            return a ^ b;
        }
    }

    std::string_view text_;
    ArithmeticVariables& variables_;
    u32 depth_;
    usize at_ = 0;
    u32 skipping_ = 0; ///< not zero: only parsed, as behind `0 &&`
    u8 right_level_ = 0;
    std::optional<ArithmeticError> error_;
};

} // namespace

std::optional<i64> parse_integer(std::string_view text) {
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+'))
        text.remove_prefix(1);
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text[0] == '0') {
        base = 8;
    }
    u64 value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || error == std::errc::invalid_argument || end != text.data() + text.size())
        return std::nullopt;
    if (error == std::errc::result_out_of_range)
        value = std::numeric_limits<i64>::max();
    return static_cast<i64>(negative ? 0 - value : value);
}

std::expected<i64, ArithmeticError> evaluate(std::string_view expression,
                                             ArithmeticVariables& variables) {
    return Evaluator(expression, variables, 0).run();
}

} // namespace shell
