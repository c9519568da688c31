// Drops parameters, return types, anonymous namespaces and long template arguments from names.
#include "libs/demangle/demangle.hpp"

#include <algorithm>

namespace demangle {

namespace {

constexpr std::string_view operator_word = "operator";
constexpr usize longest_arguments = 20;

bool continues_word(std::string_view text, usize at) {
    if (at == 0)
        return false;
    char const before = text[at - 1];
    return (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z') ||
           (before >= '0' && before <= '9') || before == '_';
}

/// Length of "operator<<", "operator()" and the like at `at`, or 0. Not of conversion operators.
usize operator_length(std::string_view text, usize at) {
    if (!text.substr(at).starts_with(operator_word) || continues_word(text, at))
        return 0;
    auto const symbol = text.substr(at + operator_word.size());
    for (std::string_view const known :
         {"()", "[]", "<=>", "<<=", ">>=", "->*", "<<", ">>", "<=", ">=", "==", "!=", "&&",
          "||", "++", "--",  "+=",  "-=",  "*=",  "/=", "%=", "^=", "&=", "|=", "->", "<",
          ">",  "=",  "!",   "+",   "-",   "*",   "/",  "%",  "&",  "|",  "^",  "~",  ","})
        if (symbol.starts_with(known))
            return operator_word.size() + known.size();
    return 0;
}

/// Also `new`, `delete` and literal operators.
bool names_conversion_at(std::string_view text, usize at) {
    auto const word = text.substr(at);
    return (word.starts_with("operator ") || word.starts_with("operator\"\"")) &&
           !continues_word(text, at);
}

/// Where the bracket that opens at `at` is closed, or the end.
usize closing(std::string_view text, usize at) {
    int depth = 0;
    for (; at < text.size(); ++at) {
        if (usize const length = operator_length(text, at)) {
            at += length - 1;
            continue;
        }
        char const character = text[at];
        if (character == '-' && text.substr(at).starts_with("->")) {
            ++at;
            continue;
        }
        if (character == '(' || character == '<' || character == '{' || character == '[')
            ++depth;
        if ((character == ')' || character == '>' || character == '}' || character == ']') &&
            --depth == 0)
            return at;
    }
    return text.size();
}

String without(std::string_view text, std::string_view part) {
    String result;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part)) {
        result.append(text.substr(0, at));
        text.remove_prefix(at + part.size());
    }
    result.append(text);
    return result;
}

/// A lambda without its parameters: "{lambda#1}".
void append_braces(String& result, std::string_view inside) {
    auto const open = inside.find('(');
    auto const number = inside.rfind('#');
    if (open != std::string_view::npos && number != std::string_view::npos && open < number) {
        result.append(inside.substr(0, open));
        inside.remove_prefix(number);
    }
    result.append(inside);
}

} // namespace

String shorten(std::string_view demangled) {
    String const whole = without(demangled, "(anonymous namespace)::");
    std::string_view const name = whole;
    String result;
    bool names_conversion = false; // then spaces are of its type: "operator char const*"
    for (usize at = 0; at < name.size(); ++at) {
        char const character = name[at];
        if (usize const length = operator_length(name, at)) {
            result.append(name.substr(at, length));
            at += length - 1;
        } else if (character == '(') {
            // Parameters: the end of the name, unless a nested name goes on behind them.
            at = closing(name, at);
            auto rest = name.substr(std::min(at + 1, name.size()));
            while (rest.starts_with(" const"))
                rest.remove_prefix(6);
            if (!rest.starts_with("::"))
                break;
            at = name.size() - rest.size() - 1;
        } else if (character == '<') {
            usize const end = closing(name, at);
            auto const arguments = name.substr(at, end + 1 - at);
            result.append(arguments.size() > longest_arguments ? "<..>" : arguments);
            at = end;
        } else if (character == '{') {
            usize const end = closing(name, at);
            append_braces(result, name.substr(at, end + 1 - at));
            at = end;
        } else if (character == ' ' && !names_conversion) {
            if (name.substr(at + 1).starts_with('['))
                break;      // " [clone ...]"
            result.clear(); // what came before was the return type
        } else {
            names_conversion |= names_conversion_at(name, at);
            result.push_back(character);
        }
    }
    return result;
}

} // namespace demangle
