// Parses what stands for something else: substitutions and template parameters; and template
// arguments.
#include "libs/demangle/parser.hpp"
#include "libs/demangle/tables.hpp"

namespace demangle {

/// Digits. Values that no compiler writes are an error.
u32 Parser::number() {
    constexpr u32 greatest = 1'000'000'000;
    u32 value = 0;
    if (!at_digit())
        fail();
    while (at_digit()) {
        value = value * 10 + static_cast<u32>(peek() - '0');
        rest_.remove_prefix(1);
        if (value >= greatest / 10)
            fail();
    }
    return value;
}

/// `_` is 0, `0_` is 1, and so on.
u32 Parser::compact_number() {
    u32 const value = at_digit() ? number() + 1 : 0;
    expect("_");
    return value;
}

// <substitution> ::= S <seq-id> _ | S_ | St | Sa | Sb | Ss | Si | So | Sd
Ref Parser::substitution(bool before_structor) {
    expect("S");
    if (auto const known = find_standard(peek())) {
        rest_.remove_prefix(1);
        bool const whole = before_structor && (peek() == 'C' || peek() == 'D');
        Ref const named = add({.kind = Kind::standard, .code = *known, .number = whole});
        return peek() == 'B' ? remember(tags(named)) : named;
    }
    usize index = 0;
    if (peek() != '_') {
        do {
            char const digit = peek();
            if (digit >= '0' && digit <= '9')
                index = index * 36 + static_cast<usize>(digit - '0');
            else if (digit >= 'A' && digit <= 'Z')
                index = index * 36 + static_cast<usize>(digit - 'A') + 10;
            else
                return fail();
            if (index > Tree::most_nodes)
                return fail();
            rest_.remove_prefix(1);
        } while (peek() != '_');
        ++index;
    }
    expect("_");
    if (index >= substitutions_.size())
        return fail();
    return substitutions_[index];
}

// <template-param> ::= T_ | T <number> _ | TL <level> __ | TL <level> _ <number> _
Ref Parser::template_parameter() {
    expect("T");
    if (take("L")) {
        number();
        expect("_");
    }
    return add({.kind = Kind::parameter, .number = compact_number()});
}

// <template-args> ::= I <template-arg>* E, and J for packs
Ref Parser::template_arguments() {
    if (!take("I"))
        expect("J");
    Ref list = 0;
    Ref last = 0;
    while (!at_list_end())
        list = append(list, last, template_argument());
    expect("E");
    return list != 0 ? list : add(Kind::list);
}

// <template-arg> ::= <type> | X <expression> E | <expr-primary> | J <template-arg>* E
Ref Parser::template_argument() {
    switch (peek()) {
    case 'X': {
        take("X");
        Ref const value = expression();
        expect("E");
        return value;
    }
    case 'L':
        return primary();
    case 'I':
    case 'J': {
        Level const level(*this);
        return template_arguments();
    }
    case 'T':
        // Clang 19 says first what kind of parameter it is for where that is not clear.
        if (peek(1) == 'n') {
            rest_.remove_prefix(2);
            type();
            return template_argument();
        }
        return type();
    default:
        return type();
    }
}

} // namespace demangle
