// Words: quotes and literal characters.
#include "libs/shell/nesting.hpp"
#include "libs/shell/parser.hpp"
#include "libs/shell/text.hpp"

namespace shell {

Ref<Word> Parser::word(Mode mode, bool quoted) {
    auto word = make_ref<Word>();
    word->source = source_;
    word->begin = at_;
    parts(*word, mode, quoted);
    word->end = at_;
    return word;
}

void Parser::literal(Word& word, char character, bool quoted, usize at) {
    if (word.parts.empty() || word.parts.back().kind != Part::Kind::literal ||
        word.parts.back().quoted != quoted)
        word.parts.push_back({.quoted = quoted, .at = at});
    word.parts.back().text.push_back(character);
}

bool Parser::ends(Mode mode, u32 parentheses) const {
    char const c = current();
    switch (mode) {
    case Mode::plain:
        return std::string_view(" \t\r\n;&|<>()").find(c) != std::string_view::npos;
    case Mode::quotes:
        return c == '"';
    case Mode::parameter:
        return c == '}';
    case Mode::pattern:
        return c == '}' || c == '/';
    case Mode::offset:
        return c == '}' || c == ':';
    case Mode::arithmetic:
        return parentheses == 0 && looking_at("))");
    case Mode::here_document:
        break;
    }
    return false;
}

void Parser::parts(Word& word, Mode mode, bool quoted) {
    u32 parentheses = 0;
    bool const quotes_quote =
        mode != Mode::quotes && mode != Mode::here_document && mode != Mode::arithmetic;
    while (!at_limit() && !ends(mode, parentheses)) {
        char const c = current();
        if (c == '\\') {
            backslash(word, mode, quoted);
        } else if (c == '$') {
            dollar(word, quoted);
        } else if (c == '`') {
            backquotes(word, quoted);
        } else if (c == '"' && quotes_quote) {
            double_quotes(word);
        } else if (c == '\'' && !quoted) {
            single_quotes(word);
        } else {
            if (c == '(')
                ++parentheses;
            else if (c == ')' && parentheses != 0)
                --parentheses;
            literal(word, c, quoted, at_++);
        }
    }
}

void Parser::backslash(Word& word, Mode mode, bool quoted) {
    usize const at = at_++;
    if (at_limit() || (current() == '\n' && at_ + 1 >= limit())) {
        if (at_end_ == AtEnd::more_may_come)
            return fail(at, "the line goes on", true);
    }
    if (at_limit())
        return literal(word, '\\', true, at);
    char const c = current();
    ++at_;
    if (c == '\n')
        return;
    if (quoted) {
        std::string_view const special = mode == Mode::here_document ? "$`\\"
                                         : mode == Mode::quotes      ? "$`\\\""
                                                                     : "$`\\\"}";
        if (special.find(c) == std::string_view::npos)
            literal(word, '\\', true, at);
    }
    literal(word, c, true, at);
}

void Parser::single_quotes(Word& word) {
    usize const opened = at_++;
    usize const end = text_.find('\'', at_);
    if (end == std::string_view::npos)
        return fail(opened, "a quote ' without its end", true);
    if (end == at_)
        word.parts.push_back({.quoted = true, .at = opened});
    while (at_ < end) {
        literal(word, current(), true, at_);
        ++at_;
    }
    ++at_;
}

/// $'...': with escapes as in C.
void Parser::escaped_quotes(Word& word) {
    usize const opened = at_;
    at_ += 2;
    usize const start = at_;
    while (!at_limit() && current() != '\'')
        at_ += current() == '\\' ? 2 : 1;
    if (at_limit())
        return fail(opened, "a quote $' without its end", true);
    String plain;
    unescape(text_.substr(start, at_ - start), Escapes::of_quotes, plain);
    word.parts.push_back({.quoted = true, .at = opened, .text = std::move(plain)});
    ++at_;
}

void Parser::double_quotes(Word& word) {
    Nesting const nesting(*this);
    usize const opened = at_++;
    usize const before = word.parts.size();
    bool const empty = current() == '"';
    parts(word, Mode::quotes, true);
    if (problem_)
        return;
    if (at_limit())
        return fail(opened, "a quote \" without its end", true);
    if (empty || (word.parts.size() == before && before == 0))
        word.parts.push_back({.quoted = true, .at = opened});
    ++at_;
}

} // namespace shell
