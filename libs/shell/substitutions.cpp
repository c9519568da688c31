// What a dollar sign or a backquote begins: parameters, commands, arithmetic.
#include "libs/shell/nesting.hpp"
#include "libs/shell/parser.hpp"

namespace shell {
namespace {

constexpr bool is_special(char c) {
    return c != '\0' && std::string_view("@*#?-$!").find(c) != std::string_view::npos;
}

/// Length of the parameter's name that `text` begins with: `several` digits only within braces.
usize name_length(std::string_view text, bool several) {
    if (text.empty())
        return 0;
    usize length = 1;
    if (starts_name(text[0]))
        while (length < text.size() && continues_name(text[length]))
            ++length;
    else if (is_digit(text[0]))
        while (several && length < text.size() && is_digit(text[length]))
            ++length;
    else if (!is_special(text[0]))
        return 0;
    return length;
}

} // namespace

void Parser::dollar(Word& word, bool quoted) {
    if (looking_at("$(("))
        return arithmetic(word, quoted);
    if (looking_at("$("))
        return substitution(word, quoted);
    if (looking_at("${"))
        return braces(word, quoted);
    if (looking_at("$'") && !quoted)
        return escaped_quotes(word);
    usize const length = name_length(text_.substr(at_ + 1), false);
    if (length == 0)
        return literal(word, '$', quoted, at_++);
    word.parts.push_back({.kind = Part::Kind::parameter,
                          .quoted = quoted,
                          .at = at_,
                          .text = text_.substr(at_ + 1, length)});
    at_ += 1 + length;
}

void Parser::braces(Word& word, bool quoted) {
    Nesting const nesting(*this);
    Part part{.kind = Part::Kind::parameter, .quoted = quoted, .at = at_};
    at_ += 2;
    if (current() == '#') {
        usize const length = name_length(text_.substr(at_ + 1), true);
        if (length != 0 && text_.substr(at_ + 1 + length).starts_with('}')) {
            part.operation = Part::Operation::length;
            ++at_;
        }
    }
    usize const length = problem_ ? 0 : name_length(text_.substr(at_), true);
    if (length == 0)
        return fail(at_, "a variable's name must stand here", at_limit());
    part.text = text_.substr(at_, length);
    at_ += length;
    if (part.operation == Part::Operation::none && current() != '}' && !at_limit())
        operation(part, quoted);
    if (problem_)
        return;
    if (current() != '}')
        return fail(part.at, "`${` without its `}`", at_limit());
    ++at_;
    word.parts.push_back(std::move(part));
}

void Parser::operation(Part& part, bool quoted) {
    using Operation = Part::Operation;
    usize const at = at_;
    char c = text_[at_++];
    if (c == ':') {
        if (std::string_view("-=?+").find(current()) == std::string_view::npos) {
            part.operation = Operation::substring;
            part.argument = word(Mode::offset, true);
            if (current() == ':') {
                ++at_;
                part.second = word(Mode::parameter, true);
            }
            return;
        }
        part.or_empty = true;
        c = current();
        ++at_;
    }
    bool const twice = current() == c;
    switch (c) {
    case '-':
        part.operation = Operation::use_default;
        break;
    case '=':
        part.operation = Operation::assign_default;
        break;
    case '?':
        part.operation = Operation::require;
        break;
    case '+':
        part.operation = Operation::use_instead;
        break;
    case '#':
        part.operation = twice ? Operation::cut_longest_prefix : Operation::cut_prefix;
        break;
    case '%':
        part.operation = twice ? Operation::cut_longest_suffix : Operation::cut_suffix;
        break;
    case '/':
        part.operation = twice ? Operation::replace_all : Operation::replace;
        at_ += twice ? 1 : 0;
        part.argument = word(Mode::pattern, false);
        if (current() == '/') {
            ++at_;
            part.second = word(Mode::parameter, quoted);
        }
        return;
    default:
        return fail(at, format("`{}` is no operation on a variable", c));
    }
    bool const cuts = c == '#' || c == '%';
    if (cuts && twice)
        ++at_;
    part.argument = word(Mode::parameter, quoted && !cuts);
}

void Parser::substitution(Word& word, bool quoted) {
    Nesting const nesting(*this);
    Part part{.kind = Part::Kind::substitution, .quoted = quoted, .at = at_};
    usize const end_before = last_end_;
    Vector<HereDocument> pending;
    pending.swap(pending_);
    at_ += 2;
    part.list = list(Lines::many);
    if (problem_)
        return;
    if (peek().kind == Token::Kind::end)
        return fail(part.at, "`$(` without its `)`", true);
    if (!at_symbol(")"))
        return unexpected();
    take();
    pending.swap(pending_);
    last_end_ = end_before;
    word.parts.push_back(std::move(part));
}

/// `...`: parsed as a text of its own, because backslashes within lose their meaning once. The
/// start of the line stays in front of it so that columns are right.
void Parser::backquotes(Word& word, bool quoted) {
    usize const opened = at_;
    usize const line_start = opened == 0 ? 0 : text_.rfind('\n', opened - 1) + 1;
    String inner_text(text_.substr(line_start, opened + 1 - line_start));
    usize const start = inner_text.size();
    for (++at_; !at_limit() && current() != '`'; ++at_) {
        if (current() == '\\' && at_ + 1 < limit()) {
            char const next = text_[at_ + 1];
            if (next == '$' || next == '`' || next == '\\' || (next == '"' && quoted))
                ++at_;
        }
        inner_text.push_back(current());
    }
    if (at_limit())
        return fail(opened, "a quote ` without its end", true);
    ++at_;
    auto const source = make_ref<Source>(source_->name, inner_text, locate(*source_, opened).line);
    Parser inner(source, AtEnd::is_all, depth_ + 1);
    if (depth_ >= deepest)
        return fail(opened, "nested too deeply");
    inner.at_ = start;
    auto list = inner.list(Lines::many);
    if (inner.peek().kind != Token::Kind::end)
        inner.unexpected();
    if (inner.problem_) {
        inner.problem_->incomplete = false;
        problem_ = inner.problem_;
        return;
    }
    word.parts.push_back({.kind = Part::Kind::substitution,
                          .quoted = quoted,
                          .at = opened,
                          .list = std::move(list)});
}

void Parser::arithmetic(Word& word, bool quoted) {
    Nesting const nesting(*this);
    Part part{.kind = Part::Kind::arithmetic, .quoted = quoted, .at = at_};
    at_ += 3;
    part.argument = this->word(Mode::arithmetic, true);
    if (problem_)
        return;
    if (at_limit())
        return fail(part.at, "`$((` without its `))`", true);
    at_ += 2;
    word.parts.push_back(std::move(part));
}

} // namespace shell
