// Compound commands: groups, if, while, for, case.
#include "libs/shell/nesting.hpp"
#include "libs/shell/parser.hpp"

#include <algorithm>

namespace shell {

Ref<Command> Parser::command() {
    Nesting const nesting(*this);
    Token const first = peek();
    Ref<Command> command;
    auto const word = first.kind == Token::Kind::word ? text(first) : std::string_view();
    if (at_symbol("("))
        command = group(Command::Kind::subshell, "(", ")");
    else if (word == "{")
        command = group(Command::Kind::group, "{", "}");
    else if (word == "if")
        command = condition();
    else if (word == "while" || word == "until")
        command = loop(word == "until");
    else if (word == "for")
        command = each();
    else if (word == "case")
        command = choice();
    else {
        if (is_reserved(word))
            unexpected();
        command = simple();
    }
    if (command->kind != Command::Kind::simple && command->kind != Command::Kind::function)
        redirections(*command);
    command->source = source_;
    command->begin = first.begin;
    command->end = std::max(last_end_, first.begin);
    return command;
}

bool Parser::expect_word(std::string_view reserved, usize opened, std::string_view opener) {
    if (problem_ || take_word(reserved))
        return !problem_;
    Token const& token = peek();
    if (token.kind == Token::Kind::end)
        fail(opened, format("this `{}` has no `{}`", opener, reserved), true);
    else
        fail(token.begin, format("`{}` is missing before {}", reserved, name_of(token)));
    return false;
}

/// Commands, at least one.
Ref<List> Parser::body(std::string_view what, usize opened, std::string_view opener) {
    auto list = this->list(Lines::many);
    if (list->chains.empty() && !problem_) {
        if (peek().kind == Token::Kind::end)
            fail(opened, format("this `{}` has no end", opener), true);
        else
            fail(peek().begin, format("no command {}", what));
    }
    return list;
}

Ref<Command> Parser::group(Command::Kind kind, std::string_view opener, std::string_view closer) {
    auto group = make_ref<Compound>(kind);
    usize const opened = take().begin;
    group->body = body("in the group", opened, opener);
    if (kind == Command::Kind::group) {
        expect_word(closer, opened, opener);
    } else if (!problem_ && !take_symbol(closer)) {
        if (peek().kind == Token::Kind::end)
            fail(opened, "this `(` has no `)`", true);
        else
            unexpected();
    }
    return group;
}

Ref<Command> Parser::condition() {
    auto into = make_ref<Condition>();
    usize const opened = peek().begin;
    do {
        take();
        Condition::Branch branch;
        branch.condition = body("to decide by", opened, "if");
        if (expect_word("then", opened, "if"))
            branch.body = body("after `then`", opened, "if");
        into->branches.push_back(std::move(branch));
    } while (at_word("elif"));
    if (take_word("else"))
        into->otherwise = body("after `else`", opened, "if");
    expect_word("fi", opened, "if");
    return into;
}

Ref<Command> Parser::loop(bool until) {
    auto into = make_ref<Loop>();
    into->until = until;
    std::string_view const name = until ? "until" : "while";
    usize const opened = take().begin;
    into->condition = body("to decide by", opened, name);
    if (expect_word("do", opened, name))
        into->body = body("after `do`", opened, name);
    expect_word("done", opened, name);
    return into;
}

Ref<Command> Parser::each() {
    auto into = make_ref<Each>();
    usize const opened = take().begin;
    if (peek().kind != Token::Kind::word) {
        unexpected();
        return into;
    }
    Token const name = take();
    into->name = text(name);
    if (!is_name(into->name))
        fail(name.begin, format("`{}` cannot be the name of a variable", text(name)));
    skip_newlines();
    into->over_arguments = !take_word("in");
    if (!into->over_arguments)
        while (peek().kind == Token::Kind::word)
            into->words.push_back(take().word);
    if (!take_symbol(";") && !into->over_arguments && peek().kind != Token::Kind::newline &&
        peek().kind != Token::Kind::end)
        unexpected();
    skip_newlines();
    if (expect_word("do", opened, "for"))
        into->body = body("after `do`", opened, "for");
    expect_word("done", opened, "for");
    return into;
}

Ref<Command> Parser::choice() {
    auto into = make_ref<Choice>();
    usize const opened = take().begin;
    if (peek().kind != Token::Kind::word) {
        unexpected();
        return into;
    }
    into->subject = take().word;
    skip_newlines();
    if (!expect_word("in", opened, "case"))
        return into;
    skip_newlines();
    while (!problem_ && !at_word("esac") && peek().kind != Token::Kind::end) {
        choice_item(*into);
        skip_newlines();
    }
    expect_word("esac", opened, "case");
    return into;
}

void Parser::choice_item(Choice& into) {
    Choice::Item item;
    take_symbol("(");
    do {
        if (peek().kind != Token::Kind::word)
            return unexpected();
        item.patterns.push_back(take().word);
    } while (take_symbol("|"));
    if (!take_symbol(")"))
        return unexpected();
    item.body = list(Lines::many);
    if (!take_symbol(";;") && !at_word("esac"))
        unexpected();
    into.items.push_back(std::move(item));
}

} // namespace shell
