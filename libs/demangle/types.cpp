// Parses types.
#include "libs/demangle/parser.hpp"
#include "libs/demangle/tables.hpp"

namespace demangle {

Ref Parser::modified(Modifier modifier, Ref left, Ref right) {
    return add(
        {.kind = Kind::modified, .code = static_cast<u8>(modifier), .left = left, .right = right});
}

Ref Parser::type() {
    Level const level(*this);
    if (Ref const qualified = qualified_type(); qualified != 0 || error_)
        return qualified;
    bool is_candidate = true;
    Ref const parsed = type_behind(peek(), is_candidate);
    return is_candidate ? remember(parsed) : parsed;
}

/// One letter of qualifiers, or none. `operand` is the argument of noexcept() and throw().
std::optional<Modifier> Parser::qualifier(Ref& operand) {
    if (take("r"))
        return Modifier::restricted;
    if (take("V"))
        return Modifier::volatile_;
    if (take("K"))
        return Modifier::constant;
    if (take("Do"))
        return Modifier::noexcept_;
    if (take("DO")) {
        operand = expression();
        expect("E");
        return Modifier::noexcept_;
    }
    if (take("Dw")) {
        operand = type_list();
        expect("E");
        return Modifier::throws;
    }
    return std::nullopt;
}

/// A chain of qualifiers whose `innermost` waits for what it qualifies; 0 when there are none.
Ref Parser::qualifiers(Ref& innermost, bool of_function) {
    Ref outermost = 0;
    Ref operand = 0;
    while (auto modifier = qualifier(operand)) {
        Ref const added = modified(*modifier, 0, operand);
        if (outermost == 0)
            outermost = added;
        else
            tree_[innermost].left = added;
        innermost = added;
        operand = 0;
    }
    if (!of_function && peek() != 'F')
        return outermost;
    // Of a function they are those of `this`.
    for (Ref each = outermost; each != 0; each = tree_[each].left) {
        auto& code = tree_[each].code;
        if (code == static_cast<u8>(Modifier::restricted))
            code = static_cast<u8>(Modifier::this_restricted);
        if (code == static_cast<u8>(Modifier::volatile_))
            code = static_cast<u8>(Modifier::this_volatile);
        if (code == static_cast<u8>(Modifier::constant))
            code = static_cast<u8>(Modifier::this_constant);
    }
    return outermost;
}

// <qualified-type> ::= <qualifiers> <type>, which are one candidate for substitution together; 0
// when there are none
Ref Parser::qualified_type() {
    Ref innermost = 0;
    Ref outermost = qualifiers(innermost, false);
    if (outermost == 0)
        return 0;
    if (peek() != 'F') {
        tree_[innermost].left = type();
        return remember(outermost);
    }
    Ref const function = function_type();
    Node& parsed = tree_[function];
    if (parsed.kind == Kind::modified) { // & and && come last
        tree_[innermost].left = parsed.left;
        parsed.left = outermost;
        return remember(function);
    }
    tree_[innermost].left = function;
    return remember(outermost);
}

Ref Parser::type_behind(char letter, bool& candidate) {
    auto const modify = [&](Modifier modifier) {
        rest_.remove_prefix(1);
        return modified(modifier, type());
    };
    switch (letter) {
    case 'P':
        return modify(Modifier::pointer);
    case 'R':
        return modify(Modifier::reference);
    case 'O':
        return modify(Modifier::rvalue_reference);
    case 'C':
        return modify(Modifier::complex);
    case 'G':
        return modify(Modifier::imaginary);
    case 'F':
        return function_type();
    case 'A':
        return array_type();
    case 'M': {
        take("M");
        Ref const of = type();
        return add(Kind::member_pointer, of, type());
    }
    case 'T':
        return parameter_type();
    case 'S':
        return standard_type(candidate);
    case 'D':
        return long_type(candidate);
    case 'N':
    case 'Z':
        return name();
    case 'U': {
        take("U");
        Ref qualifier = source_name();
        if (peek() == 'I')
            qualifier = add(Kind::specialized, qualifier, template_arguments());
        return add(Kind::vendor_qualified, type(), qualifier);
    }
    case 'u': {
        take("u");
        Ref const vendor = source_name();
        return peek() == 'I' ? add(Kind::specialized, vendor, template_arguments()) : vendor;
    }
    default:
        if (at_digit())
            return name();
        if (auto const known = find_builtin(letter)) {
            candidate = false;
            rest_.remove_prefix(1);
            return add({.kind = Kind::builtin, .code = *known});
        }
        return fail();
    }
}

// <class-enum-type> ::= Ts <name> | Tu <name> | Te <name>; <template-template-param>
// <template-args>
Ref Parser::parameter_type() {
    if (peek(1) == 's' || peek(1) == 'u' || peek(1) == 'e') {
        u8 const code = static_cast<u8>(peek(1));
        rest_.remove_prefix(2);
        return add({.kind = Kind::elaborated, .code = code, .left = name()});
    }
    Ref const parameter = template_parameter();
    if (peek() != 'I')
        return parameter;
    if (in_conversion_) {
        // The arguments may be those of the conversion operator: then none follow them.
        auto const before = mark();
        remember(parameter);
        Ref const arguments = template_arguments();
        if (peek() == 'I')
            return add(Kind::specialized, parameter, arguments);
        go_back(before);
        return parameter;
    }
    remember(parameter);
    return add(Kind::specialized, parameter, template_arguments());
}

Ref Parser::standard_type(bool& candidate) {
    char const next = peek(1);
    if (next == '_' || (next >= '0' && next <= '9') || (next >= 'A' && next <= 'Z')) {
        Ref const known = substitution(false);
        if (peek() == 'I')
            return add(Kind::specialized, known, template_arguments());
        candidate = false;
        return known;
    }
    Ref const named = name();
    candidate = tree_[named].kind != Kind::standard && tree_[named].kind != Kind::tagged;
    return named;
}

Ref Parser::long_type(bool& candidate) {
    char const letter = peek(1);
    rest_.remove_prefix(std::min<usize>(2, rest_.size()));
    candidate = letter == 't' || letter == 'T' || letter == 'p' || letter == 'v';
    switch (letter) {
    case 't':
    case 'T': {
        Ref const of = expression();
        expect("E");
        return add(Kind::decltype_of, of);
    }
    case 'p':
        return add(Kind::expansion, type());
    case 'v':
        return vector_type();
    case 'F':
    case 'B':
    case 'U':
        return wide_type(static_cast<u8>(letter));
    default:
        if (auto const known = find_long_builtin(letter))
            return add({.kind = Kind::builtin, .code = *known});
        return fail();
    }
}

// DF <bits> _ | DF <bits> x | DF16b | DB <bits> _ | DU <bits> _, where the last two may have an
// expression
Ref Parser::wide_type(u8 code) {
    if (code != 'F' && !at_digit()) {
        Ref const bits = expression();
        expect("_");
        return add({.kind = Kind::wide, .code = code, .left = bits});
    }
    u32 const bits = number();
    if (code == 'F' && take("b"))
        code = 'b';
    else if (code == 'F' && take("x"))
        code = 'x';
    else
        expect("_");
    return add({.kind = Kind::wide, .code = code, .number = bits});
}

// <function-type> ::= F [Y] <bare-function-type> [<ref-qualifier>] E
Ref Parser::function_type() {
    expect("F");
    take("Y"); // C linkage, which is not printed
    Ref const function = function_signature(true);
    Ref result = function;
    if (take("R"))
        result = modified(Modifier::this_reference, function);
    else if (take("O"))
        result = modified(Modifier::this_rvalue_reference, function);
    expect("E");
    return result;
}

Ref Parser::function_signature(bool returns) {
    Ref const result = returns ? type() : 0;
    return add(Kind::function, result, type_list());
}

/// Types up to the end of what has them; `void` alone is none.
Ref Parser::type_list() {
    Ref list = 0;
    Ref last = 0;
    while (!at_list_end() && peek() != '.' && !((peek() == 'R' || peek() == 'O') && peek(1) == 'E'))
        list = append(list, last, type());
    if (list == 0)
        return fail();
    Node const& first = tree_[tree_[list].left];
    if (list == last && first.kind == Kind::builtin && builtin_of(first.code).code == 'v')
        tree_[list].left = 0;
    return list;
}

// <array-type> ::= A [<number> | <expression>] _ <type>
Ref Parser::array_type() {
    expect("A");
    Ref size = 0;
    if (at_digit()) {
        usize digits = 0;
        while (at_digit(digits))
            ++digits;
        size = add_text(digits);
    } else if (peek() != '_') {
        size = expression();
    }
    expect("_");
    return add(Kind::array, size, type());
}

// Dv <number> _ <type> | Dv _ <expression> _ <type>
Ref Parser::vector_type() {
    Ref size = 0;
    if (take("_")) {
        size = expression();
    } else {
        usize digits = 0;
        while (at_digit(digits))
            ++digits;
        size = add_text(digits);
    }
    expect("_");
    return add(Kind::vector, size, type());
}

} // namespace demangle
