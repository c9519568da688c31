// Puts the parts of a word together.
#include "libs/shell/expander.hpp"

#include "libs/shell/parser.hpp"
#include "libs/shell/pattern.hpp"

#include <algorithm>

namespace shell {

void Expander::fail(Word const& word, usize at, String message) {
    if (!problem_)
        problem_ = Problem{word.source, at, std::move(message)};
}

void Expander::add(std::string_view text, bool quoted) {
    Field& field = current();
    if (text.empty() && quoted)
        field.add(std::string_view("\0", 1), Field::nothing);
    field.add(text, quoted ? Field::quoted : Field::expanded);
}

void Expander::word(Word const& word) {
    bool first = true;
    for (auto const& part : word.parts) {
        if (problem_)
            return;
        bool const plain = part.kind == Part::Kind::literal && !part.quoted;
        bool const may_have_tilde = first || as_ == As::assignment;
        // A name that goes on in the next part is no user's name.
        bool const ends_here = word.parts.size() == 1 ||
                               part.text.view().find_first_of(as_ == As::assignment ? "/:" : "/") !=
                                   std::string_view::npos;
        if (plain && may_have_tilde && ends_here &&
            part.text.view().find('~') != std::string_view::npos)
            tilde(part.text, Field::literal);
        else
            this->part(word, part, Field::literal);
        first = false;
    }
}

/// ~ and ~user at the start of a word, in assignments also behind each colon.
void Expander::tilde(std::string_view text, char literal_mark) {
    bool at_start = fields_.empty();
    while (!text.empty()) {
        usize const colon = as_ == As::assignment ? text.find(':') : std::string_view::npos;
        auto const piece = text.substr(0, colon);
        usize const slash = std::min(piece.find('/'), piece.size());
        std::optional<String> home;
        if (at_start && piece.starts_with('~'))
            home = world_.home_of(piece.substr(1, slash - 1));
        if (home)
            add(*home, true);
        current().add(piece.substr(home ? slash : 0), literal_mark);
        if (colon == std::string_view::npos)
            return;
        current().add(":", literal_mark);
        text.remove_prefix(colon + 1);
        at_start = true;
    }
}

void Expander::part(Word const& word, Part const& part, char literal_mark) {
    switch (part.kind) {
    case Part::Kind::literal:
        if (part.quoted)
            add(part.text, true);
        else
            current().add(part.text, literal_mark);
        break;
    case Part::Kind::parameter:
        parameter(word, part);
        break;
    case Part::Kind::substitution: {
        auto output = world_.output_of(part.list);
        if (!output) {
            problem_ = output.error();
            return;
        }
        String text;
        for (char const c : output->view())
            if (c != '\0')
                text.push_back(c);
        while (!text.empty() && text[text.size() - 1] == '\n')
            text.truncate(text.size() - 1);
        add(text, part.quoted);
        break;
    }
    case Part::Kind::arithmetic:
        arithmetic(word, part);
        break;
    }
}

void Expander::arithmetic(Word const& word, Part const& part) {
    if (auto const value = number(word, part, *part.argument))
        add(format("{}", *value), part.quoted);
}

/// The value of an expression; its problem points at the expression, or into it when it stands in
/// the script as it is.
std::optional<i64> Expander::number(Word const& word, Part const& part, Word const& expression) {
    String const text = text_of(expression);
    if (problem_)
        return std::nullopt;
    auto const value = evaluate(text, world_);
    if (value)
        return *value;
    auto const written =
        expression.source->text.view().substr(expression.begin, expression.end - expression.begin);
    bool const as_written = written == text.view();
    fail(word, as_written ? expression.begin + value.error().at : part.at, value.error().message);
    return std::nullopt;
}

String Expander::text_of(Word const& word) {
    auto text = expand_text(world_, word);
    if (text)
        return *text;
    if (!problem_)
        problem_ = text.error();
    return {};
}

String Expander::pattern_of(Word const& word) {
    auto pattern = expand_pattern(world_, word);
    if (pattern)
        return *pattern;
    if (!problem_)
        problem_ = pattern.error();
    return {};
}

/// The word of ${x-word}: what stands in it without quotes is split like a variable's value.
void Expander::inner(Word const& argument, bool quoted) {
    bool first = true;
    if (argument.parts.empty())
        add("", quoted);
    for (auto const& part : argument.parts) {
        if (problem_)
            return;
        if (first && part.kind == Part::Kind::literal && !part.quoted &&
            part.text.view().starts_with('~'))
            tilde(part.text, Field::expanded);
        else
            this->part(argument, part, Field::expanded);
        first = false;
    }
}

} // namespace shell
