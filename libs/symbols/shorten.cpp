// Drops parameters, return types, anonymous namespaces and long template arguments from names.
#include "libs/symbols/shorten.hpp"

#include <cctype>
#include <cstdlib>
#include <cxxabi.h>
#include <memory>

namespace {

constexpr std::string_view operator_word = "operator";
constexpr std::size_t longest_arguments = 20;

bool continues_word(std::string_view text, std::size_t at) {
    return at > 0 &&
           (std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0 || text[at - 1] == '_');
}

/// Length of "operator<<", "operator()" and the like at `at`, or 0. Not of conversion operators.
std::size_t operator_length(std::string_view text, std::size_t at) {
    if (!text.substr(at).starts_with(operator_word) || continues_word(text, at))
        return 0;
    auto const symbol = text.substr(at + operator_word.size());
    for (auto const known :
         {"()", "[]", "<=>", "<<=", ">>=", "->*", "<<", ">>", "<=", ">=", "==", "!=", "&&",
          "||", "++", "--",  "+=",  "-=",  "*=",  "/=", "%=", "^=", "&=", "|=", "->", "<",
          ">",  "=",  "!",   "+",   "-",   "*",   "/",  "%",  "&",  "|",  "^",  "~",  ","})
        if (symbol.starts_with(known))
            return operator_word.size() + std::string_view(known).size();
    return 0;
}

/// Where the bracket that opens at `at` is closed, or the end.
std::size_t closing(std::string_view text, std::size_t at) {
    int depth = 0;
    for (; at < text.size(); ++at) {
        if (std::size_t const length = operator_length(text, at)) {
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

std::string without(std::string text, std::string_view part) {
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part))
        text.erase(at, part.size());
    return text;
}

} // namespace

std::string shorten(std::string_view demangled) {
    std::string const name = without(std::string(demangled), "(anonymous namespace)::");
    std::string result;
    for (std::size_t at = 0; at < name.size(); ++at) {
        char const character = name[at];
        if (std::size_t const length = operator_length(name, at)) {
            result += name.substr(at, length);
            at += length - 1;
        } else if (character == '(') {
            // Parameters: the end of the name, unless a nested name goes on behind them.
            at = closing(name, at);
            auto rest = std::string_view(name).substr(std::min(at + 1, name.size()));
            while (rest.starts_with(" const"))
                rest.remove_prefix(6);
            if (!rest.starts_with("::"))
                break;
            at = name.size() - rest.size() - 1;
        } else if (character == '<') {
            std::size_t const end = closing(name, at);
            auto const arguments = name.substr(at, end + 1 - at);
            result += arguments.size() > longest_arguments ? "<..>" : arguments;
            at = end;
        } else if (character == '{') {
            std::size_t const end = closing(name, at);
            auto const inside = name.substr(at, end + 1 - at);
            auto const open = inside.find('(');
            auto const number = inside.rfind('#');
            if (open != std::string::npos && number != std::string::npos && open < number)
                result += inside.substr(0, open) + inside.substr(number);
            else
                result += inside;
            at = end;
        } else if (character == ' ' && !result.ends_with(operator_word)) {
            if (name.substr(at + 1, 1) == "[")
                break;      // " [clone ...]"
            result.clear(); // what came before was the return type
        } else
            result += character;
    }
    return result;
}

std::string shorten_linkage_name(std::string const& name, std::string const& otherwise) {
    int status = 0;
    std::unique_ptr<char, decltype(&std::free)> const text(
        abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), &std::free);
    return status == 0 ? shorten(text.get()) : otherwise;
}
