// Parses expressions and the names of operators.
#include "libs/demangle/parser.hpp"
#include "libs/demangle/tables.hpp"

namespace demangle {

Ref Parser::two(Ref first, Ref second) {
    return add(Kind::list, first, add(Kind::list, second));
}

/// Expressions up to `end`, which is taken.
Ref Parser::expression_list(char end) {
    Ref list = 0;
    Ref last = 0;
    while (!rest_.empty() && peek() != end)
        list = append(list, last, expression());
    expect({&end, 1});
    return list != 0 ? list : add(Kind::list);
}

Ref Parser::expression() {
    Level const level(*this);
    switch (peek()) {
    case 'L':
        return primary();
    case 'T':
        return template_parameter();
    case 'f':
        if (peek(1) == 'p' || (peek(1) == 'L' && at_digit(2)))
            return function_parameter();
        return fold();
    case 'i':
        if (peek(1) == 'l')
            return braces(false);
        break;
    case 't':
        if (peek(1) == 'l')
            return braces(true);
        break;
    case 'u': {
        take("u");
        Ref const called = source_name();
        Ref list = 0;
        Ref last = 0;
        while (!at_list_end())
            list = append(list, last, template_argument());
        expect("E");
        return add(Kind::vendor_call, called, list != 0 ? list : add(Kind::list));
    }
    case 's':
        if (peek(1) == 'r')
            return unresolved_name();
        if (take("sp"))
            return add(Kind::expansion, expression());
        break;
    case 'd':
        if (peek(1) == 'i' || peek(1) == 'x' || peek(1) == 'X')
            return designated();
        break;
    default:
        break;
    }
    if (at_member_name())
        return member_name();
    return operation();
}

// <expr-primary> ::= L <type> <value> E | L _Z <encoding> E | LZ <encoding> E
Ref Parser::primary() {
    Level const level(*this);
    expect("L");
    if (peek() == '_' || peek() == 'Z') {
        take("_");
        expect("Z");
        Ref const named = encoding();
        expect("E");
        return named;
    }
    Ref const of = type();
    if (tree_[of].kind == Kind::builtin && builtin_of(tree_[of].code).code == 'n' &&
        builtin_of(tree_[of].code).text.starts_with('d') && take("E"))
        return of; // nullptr
    u8 const minus = take("n") ? 1 : 0;
    usize const length = rest_.find('E');
    if (length == std::string_view::npos)
        return fail();
    Ref const value = add_text(length);
    expect("E");
    return add({.kind = Kind::literal, .code = minus, .left = of, .right = value});
}

// il <expression>* E | tl <type> <expression>* E
Ref Parser::braces(bool typed) {
    rest_.remove_prefix(2);
    Ref const of = typed ? type() : 0;
    return add(Kind::braces, of, expression_list('E'));
}

// sr <type> <member name> | sr <member name>+ E <member name>
Ref Parser::unresolved_name() {
    Level const level(*this);
    expect("sr");
    if (at_digit()) {
        // GCC writes a class as any other type; then what ends at the E is more than the scope.
        auto const before = mark();
        Ref scope = member_name();
        while (!at_list_end())
            scope = add(Kind::qualified, scope, member_name());
        if (take("E") && at_member_name())
            return add(Kind::qualified, scope, member_name());
        go_back(before);
    }
    Ref const scope = type();
    return add(Kind::qualified, scope, member_name());
}

bool Parser::at_member_name() const {
    return at_digit() || (peek() == 'o' && peek(1) == 'n') || (peek() == 'd' && peek(1) == 'n');
}

// [on] <name> [<template-args>] | dn <name>
Ref Parser::member_name() {
    Ref named = 0;
    if (take("dn"))
        named =
            add({.kind = Kind::destructor, .code = 1, .left = at_digit() ? source_name() : type()});
    else
        named = unqualified_name(0);
    return peek() == 'I' ? add(Kind::specialized, named, template_arguments()) : named;
}

// fp <qualifiers> [<number>] _ | fL <level> p <qualifiers> [<number>] _ | fpT
Ref Parser::function_parameter() {
    if (take("fL")) {
        number();
        expect("p");
    } else {
        expect("fp");
    }
    if (take("T"))
        return add(Kind::function_parameter);
    while (take("r") || take("V") || take("K"))
        ;
    return add({.kind = Kind::function_parameter, .number = compact_number() + 1});
}

// fl <operator> <pack> | fr <operator> <pack> | fL and fR <operator> <expression> <expression>
Ref Parser::fold() {
    take("f");
    u8 const direction = static_cast<u8>(peek());
    if (direction != 'l' && direction != 'r' && direction != 'L' && direction != 'R')
        return fail();
    rest_.remove_prefix(1);
    Ref const operation = operator_name();
    Ref const first = expression();
    bool const binary = direction == 'L' || direction == 'R';
    Ref const operands = binary ? two(first, expression()) : add(Kind::list, first);
    return add({.kind = Kind::fold, .code = direction, .left = operation, .right = operands});
}

// di <name> <expression> | dx <index> <expression> | dX <first> <last> <expression>
Ref Parser::designated() {
    u8 const form = static_cast<u8>(peek(1));
    rest_.remove_prefix(2);
    Ref const first = form == 'i' ? source_name() : expression();
    Ref const last = form == 'X' ? expression() : 0;
    return add({.kind = Kind::designated,
                .code = form,
                .left = last != 0 ? two(first, last) : first,
                .right = expression()});
}

// nw <expression>* _ <type> E | ... pi <expression>* E | ... <braces>
Ref Parser::creation() {
    Ref const placement = expression_list('_');
    Ref const of = type();
    Ref initializer = 0;
    if (take("pi"))
        initializer = add(Kind::call_list, expression_list('E'));
    else if (peek() == 'i' && peek(1) == 'l')
        initializer = expression();
    else
        expect("E");
    return add(Kind::new_object, placement,
               initializer != 0 ? two(of, initializer) : add(Kind::list, of));
}

/// An operator and what it is applied to.
Ref Parser::operation() {
    auto const known = find_operator(rest_.substr(0, 2));
    if (!known) {
        // <vendor operator> <operands>
        if (peek() != 'v' || !at_digit(1))
            return fail();
        unsigned const count = static_cast<unsigned>(peek(1) - '0');
        Ref const vendor = operator_name();
        Ref list = 0;
        Ref last = 0;
        for (unsigned each = 0; each < count && !error_; ++each)
            list = append(list, last, expression());
        return add(Kind::vendor_call, vendor, list != 0 ? list : add(Kind::list));
    }
    rest_.remove_prefix(2);
    Ref const op = add({.kind = Kind::operator_name, .code = *known});
    Operator const& what = operator_of(*known);
    switch (what.arity) {
    case Arity::none:
        return add(Kind::unary, op);
    case Arity::type:
        return add(Kind::unary, op, type());
    case Arity::one:
        if (what.code == std::string_view("pp") || what.code == std::string_view("mm"))
            return take("_") ? add(Kind::unary, op, expression())
                             : add(Kind::suffix, op, expression());
        if (what.code == std::string_view("sP")) {
            Ref list = 0;
            Ref last = 0;
            while (!at_list_end())
                list = append(list, last, template_argument());
            expect("E");
            return add(Kind::unary, op, list != 0 ? list : add(Kind::list));
        }
        return add(Kind::unary, op, expression());
    case Arity::two: {
        Ref const left = expression();
        return add(Kind::binary, op, two(left, expression()));
    }
    case Arity::three: {
        Ref const condition = expression();
        Ref const yes = expression();
        return add(Kind::conditional, op, add(Kind::list, condition, two(yes, expression())));
    }
    case Arity::call: {
        Ref const called = expression();
        return add(Kind::binary, op, two(called, add(Kind::call_list, expression_list('E'))));
    }
    case Arity::cast: {
        Ref const to = type();
        return add(Kind::cast, to,
                   take("_") ? add(Kind::call_list, expression_list('E')) : expression());
    }
    case Arity::named_cast: {
        Ref const to = type();
        return add(Kind::binary, op, two(to, expression()));
    }
    case Arity::member: {
        Ref const object = expression();
        return add(
            Kind::binary, op,
            two(object, peek() == 's' && peek(1) == 'r' ? unresolved_name() : member_name()));
    }
    case Arity::create:
        return creation();
    }
    return fail();
}

// <operator-name> ::= <two letters> | cv <type> | v <digit> <source-name>
Ref Parser::operator_name() {
    if (peek() == 'v' && at_digit(1)) {
        rest_.remove_prefix(2);
        return add(Kind::vendor_operator, source_name());
    }
    if (take("cv")) {
        Level const level(*this);
        bool const before = std::exchange(in_conversion_, true);
        Ref const to = type();
        in_conversion_ = before;
        return add(Kind::conversion, to);
    }
    auto const known = find_operator(rest_.substr(0, 2));
    if (!known)
        return fail();
    rest_.remove_prefix(2);
    return add({.kind = Kind::operator_name, .code = *known});
}

} // namespace demangle
