// Parses names: nested, local, of templates, constructors, lambdas and unnamed types.
#include "libs/demangle/parser.hpp"
#include "libs/demangle/tables.hpp"

namespace demangle {

// <name> ::= <nested-name> | <local-name> | [St] <unqualified-name> [<template-args>]
//        ::= <substitution> <template-args>
Ref Parser::name() {
    if (peek() == 'N')
        return nested_name();
    if (peek() == 'Z')
        return local_name();
    bool is_candidate = true;
    Ref named = 0;
    if (peek() == 'S' && peek(1) != 't') {
        named = substitution(false);
        is_candidate = false;
    } else {
        Ref scope = 0;
        if (take("St"))
            scope = add({.kind = Kind::standard, .code = *find_standard('t')});
        named = unqualified_name(scope);
    }
    if (peek() != 'I')
        return named;
    if (is_candidate)
        remember(named);
    return add(Kind::specialized, named, template_arguments());
}

// <nested-name> ::= N [<CV-qualifiers>] [<ref-qualifier>] <prefix> E
Ref Parser::nested_name() {
    expect("N");
    Ref innermost = 0;
    Ref const outermost = qualifiers(innermost, true);
    std::optional<Modifier> reference;
    if (take("R"))
        reference = Modifier::this_reference;
    else if (take("O"))
        reference = Modifier::this_rvalue_reference;
    Ref named = prefix();
    expect("E");
    if (outermost != 0) {
        tree_[innermost].left = named;
        named = outermost;
    }
    return reference ? modified(*reference, named) : named;
}

// <prefix> ::= [<prefix>] <unqualified-name> | <prefix> <template-args> | <template-param>
//          ::= <decltype> | <substitution> | <prefix> M
Ref Parser::prefix() {
    Ref so_far = 0;
    while (!at_list_end()) {
        bool is_candidate = true;
        if (peek() == 'I') {
            if (so_far == 0)
                return fail();
            so_far = add(Kind::specialized, so_far, template_arguments());
        } else if (peek() == 'T' && so_far == 0) {
            so_far = template_parameter();
        } else if (peek() == 'D' && (peek(1) == 't' || peek(1) == 'T') && so_far == 0) {
            so_far = type();
            is_candidate = false; // the type is one already
        } else if (peek() == 'S' && so_far == 0) {
            so_far = substitution(true);
            is_candidate = false;
        } else if (peek() == 'M' && so_far != 0) {
            take("M"); // what follows is in an initializer; nothing to print
            is_candidate = false;
        } else {
            so_far = unqualified_name(so_far);
        }
        if (is_candidate && peek() != 'E')
            remember(so_far);
    }
    return so_far != 0 ? so_far : fail();
}

// <module-name> ::= (W [P] <source-name>)+, here with what it is substituted by
Ref Parser::module(Ref parent) {
    while (peek() == 'W') {
        take("W");
        u8 const partition = take("P") ? ':' : parent != 0 ? '.' : '\0';
        parent = remember(add({.kind = Kind::module_name,
                               .code = partition,
                               .left = parent,
                               .right = source_name()}));
    }
    return parent;
}

// <unqualified-name> ::= [<module-name>] [F] [L] <name without scope> [<discriminator>] <abi-tags>
Ref Parser::unqualified_name(Ref scope, Ref module_of) {
    Ref const in_module = module(module_of);
    if (peek() == 'F' && peek(1) != '\0')
        take("F"); // a friend; its scope says enough
    Ref named = 0;
    if (take("L")) {
        named = source_name();
        discriminator();
    } else {
        named = plain_name(scope);
    }
    if (in_module != 0)
        named = add({.kind = Kind::module_name, .code = '@', .left = named, .right = in_module});
    named = tags(named);
    return scope != 0 ? add(Kind::qualified, scope, named) : named;
}

Ref Parser::plain_name(Ref scope) {
    if (at_digit())
        return source_name();
    if (peek() >= 'a' && peek() <= 'z') {
        if (peek() == 'o' && peek(1) == 'n')
            rest_.remove_prefix(2);
        Ref const named = operator_name();
        bool const literal = tree_[named].kind == Kind::operator_name &&
                             operator_of(tree_[named].code).code == std::string_view("li");
        return literal ? add(Kind::literal_operator, source_name()) : named;
    }
    if (take("DC"))
        return structured_binding();
    if (take("Ul"))
        return lambda();
    if (take("Ut"))
        return add({.kind = Kind::unnamed, .number = compact_number()});
    Kind const structor = peek() == 'C' ? Kind::constructor : Kind::destructor;
    if ((peek() != 'C' && peek() != 'D') || scope == 0)
        return fail();
    rest_.remove_prefix(1);
    bool const inherits = structor == Kind::constructor && take("I");
    if (peek() < '0' || peek() > '5')
        return fail();
    rest_.remove_prefix(1);
    return add(structor, inherits ? type() : scope); // the class that it comes from
}

// <source-name> ::= <length> <identifier>
Ref Parser::source_name() {
    if (!at_digit())
        return fail();
    u32 const length = number();
    auto const identifier = rest_.substr(0, length);
    if (identifier.size() != length || length == 0)
        return fail();
    if (length >= 10 && identifier.starts_with("_GLOBAL_") && identifier[9] == 'N' &&
        (identifier[8] == '.' || identifier[8] == '_' || identifier[8] == '$')) {
        rest_.remove_prefix(length);
        return add(Kind::anonymous);
    }
    return add_text(length);
}

// <abi-tags> ::= (B <source-name>)*
Ref Parser::tags(Ref tagged) {
    while (take("B"))
        tagged = add(Kind::tagged, tagged, source_name());
    return tagged;
}

Ref Parser::structured_binding() {
    Ref list = 0;
    Ref last = 0;
    do
        list = append(list, last, source_name());
    while (!at_list_end());
    expect("E");
    return add(Kind::binding, list);
}

// <local-name> ::= Z <encoding> E <name> [<discriminator>] | Z <encoding> E s [<discriminator>]
//              ::= Z <encoding> E d [<number>] _ <name>
Ref Parser::local_name() {
    Level const level(*this);
    expect("Z");
    Ref const function = encoding();
    expect("E");
    if (take("s")) {
        discriminator();
        return add(Kind::local, function, add(Kind::literal_string));
    }
    std::optional<u32> argument;
    if (take("d"))
        argument = compact_number();
    Ref entity = name();
    if (tree_[entity].kind != Kind::lambda && tree_[entity].kind != Kind::unnamed)
        discriminator();
    if (argument)
        entity = add({.kind = Kind::default_argument, .left = entity, .number = *argument});
    return add(Kind::local, function, entity);
}

// <discriminator> ::= _ <digit> | __ <number> _
void Parser::discriminator() {
    if (peek() != '_' || (peek(1) != '_' && !at_digit(1)))
        return; // a `_` alone ends the name of a temporary
    take("_");
    bool const is_long = take("_");
    u32 const which = number();
    if (is_long && which >= 10)
        expect("_");
}

// <closure-type-name> ::= Ul <template-param-decl>* <type>+ E [<number>] _
Ref Parser::lambda() {
    Ref const head = template_head();
    Ref const parameters = type_list();
    expect("E");
    return add(
        {.kind = Kind::lambda, .left = parameters, .right = head, .number = compact_number()});
}

// <template-param-decl> ::= Ty | Tn <type> | Tt <template-param-decl>* E | Tp <template-param-decl>
// A list of nodes, whose code is the letter, whose left is what belongs to it, and whose number is
// 1 for a pack.
Ref Parser::template_head() {
    Level const level(*this);
    Ref list = 0;
    Ref last = 0;
    while (peek() == 'T' &&
           (peek(1) == 'y' || peek(1) == 'n' || peek(1) == 't' || peek(1) == 'p')) {
        u32 const pack = take("Tp") ? 1 : 0;
        expect("T");
        char const letter = peek();
        Ref of = 0;
        if (take("n")) {
            of = type();
        } else if (take("t")) {
            of = template_head();
            expect("E");
        } else {
            expect("y");
        }
        list = append(list, last,
                      add({.kind = Kind::parameter,
                           .code = static_cast<u8>(letter),
                           .left = of,
                           .number = pack}));
    }
    return list;
}

} // namespace demangle
