// Lists, pipelines, simple commands and redirections.
#include "libs/shell/parser.hpp"

#include "libs/shell/nesting.hpp"

#include <algorithm>

namespace shell {
namespace {

constexpr std::string_view closers[] = {"then", "elif", "else", "fi", "do", "done", "esac", "}"};

struct Operator {
    std::string_view symbol;
    Redirection::Kind kind;
    int descriptor;
};

constexpr Operator operators[] = {
    {"<", Redirection::Kind::input, 0},           {">", Redirection::Kind::output, 1},
    {">>", Redirection::Kind::append, 1},         {">|", Redirection::Kind::clobber, 1},
    {"<>", Redirection::Kind::both, 0},           {"<&", Redirection::Kind::duplicate, 0},
    {">&", Redirection::Kind::duplicate, 1},      {"&>", Redirection::Kind::output_errors, 1},
    {"&>>", Redirection::Kind::append_errors, 1}, {"<<", Redirection::Kind::here_document, 0},
    {"<<-", Redirection::Kind::here_document, 0},
};

/// The word without its quotes, as the delimiter of a here-document.
String unquoted(Word const& word, bool& quoted) {
    String text;
    for (auto const& part : word.parts) {
        quoted |= part.quoted;
        text.append(part.text);
    }
    return text;
}

} // namespace

std::expected<Ref<List>, Problem> Parser::next() {
    skip_newlines();
    Ref<List> commands;
    if (peek().kind != Token::Kind::end) {
        commands = list(Lines::one);
        if (peek().kind == Token::Kind::newline)
            take();
        else if (peek().kind != Token::Kind::end)
            unexpected();
    }
    if (problem_)
        return std::unexpected(*problem_);
    return commands;
}

bool Parser::at_end_of_list() {
    Token const& token = peek();
    switch (token.kind) {
    case Token::Kind::end:
        return true;
    case Token::Kind::newline:
    case Token::Kind::descriptor:
        return false;
    case Token::Kind::symbol:
        return text(token) == ")" || text(token) == ";;";
    case Token::Kind::word:
        return std::ranges::find(closers, text(token)) != std::end(closers);
    }
    return true;
}

Ref<List> Parser::list(Lines lines) {
    auto list = make_ref<List>();
    for (;;) {
        if (lines == Lines::many)
            skip_newlines();
        else if (peek().kind == Token::Kind::newline)
            break;
        if (at_end_of_list())
            break;
        list->chains.push_back(chain());
        if (take_symbol("&"))
            list->chains.back().background = true;
        else if (!take_symbol(";") && peek().kind != Token::Kind::newline)
            break;
    }
    return list;
}

Chain Parser::chain() {
    using When = Chain::Link::When;
    Chain chain;
    chain.source = source_;
    chain.begin = peek().begin;
    auto when = When::always;
    do {
        chain.links.push_back({when, pipeline()});
        when = take_symbol("&&")   ? When::succeeded
               : take_symbol("||") ? When::failed
                                   : When::always;
        if (when != When::always)
            skip_newlines();
        else
            chain.end = std::max(last_end_, chain.begin);
    } while (when != When::always && !problem_);
    return chain;
}

Pipeline Parser::pipeline() {
    Pipeline pipeline;
    while (take_word("!"))
        pipeline.negated = !pipeline.negated;
    do {
        if (!pipeline.commands.empty())
            skip_newlines();
        pipeline.commands.push_back(command());
    } while (take_symbol("|"));
    return pipeline;
}

Ref<Command> Parser::simple() {
    auto into = make_ref<Simple>();
    for (;;) {
        if (redirection(*into))
            continue;
        if (peek().kind != Token::Kind::word)
            break;
        if (into->words.empty() && assignment(*into))
            continue;
        Token const token = take();
        if (into->words.empty() && at_symbol("(")) {
            if (into->assignments.empty() && into->redirections.empty())
                return function(token);
            unexpected();
        }
        into->words.push_back(token.word);
    }
    if (into->words.empty() && into->assignments.empty() && into->redirections.empty())
        unexpected();
    return into;
}

Ref<Command> Parser::function(Token const& name) {
    auto into = make_ref<Function>();
    into->name = text(name);
    if (!is_name(into->name) || is_reserved(into->name))
        fail(name.begin, format("`{}` cannot be the name of a function", text(name)));
    take();
    if (!take_symbol(")"))
        unexpected();
    skip_newlines();
    usize const at = peek().begin;
    into->body = command();
    if (into->body->kind == Command::Kind::simple || into->body->kind == Command::Kind::function)
        fail(at, "the body of a function is `{ ...; }` or another compound command");
    return into;
}

/// NAME=value in front of a command.
bool Parser::assignment(Simple& into) {
    auto const raw = text(peek());
    usize const equals = raw.find('=');
    if (equals == std::string_view::npos || !is_name(raw.substr(0, equals)))
        return false;
    Token const token = take();
    // The name has no quotes, so it is the start of the first part.
    auto& parts = token.word->parts;
    parts[0].text = String(parts[0].text.view().substr(equals + 1));
    if (parts[0].text.empty())
        parts.erase(0);
    into.assignments.push_back({String(raw.substr(0, equals)), token.word});
    return true;
}

bool Parser::redirection(Command& into) {
    Token const first = peek();
    if (first.kind != Token::Kind::descriptor && first.kind != Token::Kind::symbol)
        return false;
    Redirection redirection;
    redirection.at = first.begin;
    std::optional<int> number;
    if (first.kind == Token::Kind::descriptor) {
        take();
        number = 0;
        for (char const digit : text(first))
            number = std::min(*number * 10 + (digit - '0'), 100'000);
        if (*number > 9)
            fail(first.begin, "descriptors in redirections go up to 9");
    }
    auto const symbol = text(peek());
    auto const found = std::ranges::find(operators, symbol, &Operator::symbol);
    if (found == std::end(operators))
        return false;
    take();
    redirection.kind = found->kind;
    redirection.descriptor = number.value_or(found->descriptor);
    if (peek().kind != Token::Kind::word) {
        unexpected();
        return false;
    }
    Token const target = take();
    redirection.target = target.word;
    if (found->kind == Redirection::Kind::here_document) {
        bool quoted = false;
        String delimiter = unquoted(*target.word, quoted);
        redirection.target = make_ref<Word>();
        redirection.target->source = source_;
        pending_.push_back(
            {redirection.target, std::move(delimiter), quoted, symbol == "<<-", target.begin});
    }
    into.redirections.push_back(std::move(redirection));
    return true;
}

void Parser::redirections(Command& into) {
    while (redirection(into)) {
    }
}

} // namespace shell
