// Tokens: words, operators, ends of lines; and here-documents, which begin at the end of a line.
#include "libs/shell/parser.hpp"

#include <algorithm>

namespace shell {
namespace {

constexpr std::string_view symbols[] = {"<<-", "&>>", "&&", "||", ";;", "<<", "<&",
                                        "<>",  ">>",  ">&", ">|", "&>", ";",  "&",
                                        "|",   "<",   ">",  "(",  ")"};

constexpr std::string_view reserved_words[] = {"if",    "then",  "elif", "else", "fi",
                                               "for",   "case",  "esac", "do",   "done",
                                               "while", "until", "{",    "}",    "!"};

} // namespace

bool is_name(std::string_view text) {
    return !text.empty() && starts_name(text[0]) && std::ranges::all_of(text, continues_name);
}

bool is_reserved(std::string_view word) {
    return std::ranges::find(reserved_words, word) != std::end(reserved_words);
}

void Parser::fail(usize at, String message, bool incomplete) {
    if (problem_)
        return;
    problem_ = Problem{source_, at, std::move(message), incomplete};
    peeked_.reset();
}

String Parser::name_of(Token const& token) const {
    switch (token.kind) {
    case Token::Kind::end:
        return "the end";
    case Token::Kind::newline:
        return "the end of the line";
    default:
        return format("`{}`", text(token));
    }
}

void Parser::unexpected() {
    Token const& token = peek();
    fail(token.begin, format("unexpected: {}", name_of(token)), token.kind == Token::Kind::end);
}

std::string_view Parser::text(Token const& token) const {
    return text_.substr(token.begin, token.end - token.begin);
}

Parser::Token const& Parser::peek() {
    if (!peeked_) {
        Token token = problem_ ? Token{} : scan();
        if (problem_)
            token = Token{};
        peeked_ = std::move(token);
    }
    return *peeked_;
}

Parser::Token Parser::take() {
    Token token = peek();
    peeked_.reset();
    last_end_ = token.end;
    return token;
}

bool Parser::at_symbol(std::string_view symbol) {
    return peek().kind == Token::Kind::symbol && text(peek()) == symbol;
}

bool Parser::at_word(std::string_view reserved) {
    return peek().kind == Token::Kind::word && text(peek()) == reserved;
}

bool Parser::take_symbol(std::string_view symbol) {
    bool const there = at_symbol(symbol);
    if (there)
        take();
    return there;
}

bool Parser::take_word(std::string_view reserved) {
    bool const there = at_word(reserved);
    if (there)
        take();
    return there;
}

void Parser::skip_newlines() {
    while (peek().kind == Token::Kind::newline)
        take();
}

/// Blanks, comments, and lines that a backslash continues.
void Parser::skip_blanks() {
    for (;;) {
        if (current() == ' ' || current() == '\t' || current() == '\r') {
            ++at_;
        } else if (looking_at("\\\n")) {
            at_ += 2;
            if (at_limit() && at_end_ == AtEnd::more_may_come)
                fail(at_, "the line goes on", true);
        } else if (current() == '#') {
            while (!at_limit() && current() != '\n')
                ++at_;
        } else {
            return;
        }
    }
}

usize Parser::symbol_length() const {
    for (auto const symbol : symbols)
        if (looking_at(symbol))
            return symbol.size();
    return 0;
}

Parser::Token Parser::scan() {
    skip_blanks();
    Token token;
    token.begin = token.end = at_;
    if (at_limit()) {
        read_here_documents();
        return token;
    }
    if (current() == '\n') {
        token.kind = Token::Kind::newline;
        token.end = ++at_;
        read_here_documents();
        return token;
    }
    if (usize const length = symbol_length()) {
        token.kind = Token::Kind::symbol;
        token.end = at_ += length;
        return token;
    }
    usize digits = at_;
    while (digits < limit() && is_digit(text_[digits]))
        ++digits;
    if (digits != at_ && digits < limit() && (text_[digits] == '<' || text_[digits] == '>')) {
        token.kind = Token::Kind::descriptor;
        token.end = at_ = digits;
        return token;
    }
    token.kind = Token::Kind::word;
    token.word = word(Mode::plain, false);
    token.end = at_;
    return token;
}

void Parser::read_here_documents() {
    Vector<HereDocument> pending;
    pending.swap(pending_);
    for (auto const& document : pending)
        read_here_document(document);
}

void Parser::read_here_document(HereDocument const& document) {
    u32 const line = locate(*source_, at_).line + (at_limit() ? 1 : 0);
    String body;
    bool found = false;
    while (!at_limit() && !found) {
        usize const end = std::min(text_.find('\n', at_), text_.size());
        usize const next = std::min(end + 1, text_.size());
        if (document.strip_tabs)
            while (at_ < end && text_[at_] == '\t')
                ++at_;
        found = text_.substr(at_, end - at_) == document.delimiter;
        if (!found)
            body.append(text_.substr(at_, next - at_));
        at_ = next;
    }
    if (!found && at_end_ == AtEnd::more_may_come)
        fail(document.at, format("the here-document has no `{}`", document.delimiter), true);
    Word& into = *document.into;
    into.source = make_ref<Source>(source_->name, body, line);
    into.end = body.size();
    if (document.quoted) {
        into.parts.push_back({.quoted = true, .text = body});
        return;
    }
    Parser inner(into.source, AtEnd::is_all, depth_ + 1);
    into.parts = inner.word(Mode::here_document, true)->parts;
    if (inner.problem_ && !problem_)
        problem_ = inner.problem_;
}

} // namespace shell
