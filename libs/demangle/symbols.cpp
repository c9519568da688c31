// Parses whole symbols: encodings of functions and objects, special names, clones.
#include "libs/demangle/parser.hpp"
#include "libs/demangle/tables.hpp"

namespace demangle {

bool Parser::take(std::string_view wanted) {
    if (!rest_.starts_with(wanted))
        return false;
    rest_.remove_prefix(wanted.size());
    return true;
}

void Parser::expect(std::string_view wanted) {
    if (!take(wanted))
        fail();
}

Ref Parser::fail(Errno why) {
    if (!error_)
        error_ = why;
    rest_ = {};
    return 0;
}

Ref Parser::add(Node node) {
    Ref const added = tree_.add(node);
    return added != 0 ? added : fail(Errno::e2big);
}

/// The next characters, as they are.
Ref Parser::add_text(usize length) {
    if (length > rest_.size() || length > UINT16_MAX)
        return fail();
    auto const start = static_cast<u32>(rest_.data() - tree_.mangled().data());
    rest_.remove_prefix(length);
    return add({.length = static_cast<u16>(length), .number = start});
}

/// A list is a chain of nodes; this adds one at its end. Returns the first.
Ref Parser::append(Ref list, Ref& last, Ref item) {
    Ref const added = add(Kind::list, item);
    if (list != 0)
        tree_[last].right = added;
    last = added;
    return list != 0 ? list : added;
}

Ref Parser::remember(Ref candidate) {
    if (!error_)
        substitutions_.push_back(candidate);
    return candidate;
}

void Parser::go_back(Mark const& mark) {
    if (error_ == Errno::e2big)
        return;
    error_.reset();
    rest_ = mark.rest;
    while (substitutions_.size() > mark.substitutions)
        substitutions_.pop_back();
}

Result<Ref> Parser::finished(Ref root) const {
    if (error_)
        return ::fail(*error_);
    if (!rest_.empty())
        return ::fail(Errno::einval);
    return root;
}

Result<Ref> Parser::whole_symbol() {
    // What GCC and ld call the functions that run constructors of static objects.
    if (rest_.starts_with("_GLOBAL_") && rest_.size() > 11 && peek(10) == '_' &&
        (peek(8) == '_' || peek(8) == '.' || peek(8) == '$') &&
        (peek(9) == 'I' || peek(9) == 'D')) {
        u8 const constructors = peek(9) == 'I' ? 1 : 0;
        rest_.remove_prefix(11);
        Ref const of = rest_.starts_with("_Z") ? symbol() : add_text(rest_.size());
        return finished(add({.kind = Kind::keyed, .code = constructors, .left = of}));
    }
    if (!rest_.starts_with("_Z"))
        return ::fail(Errno::einval);
    return finished(clones(symbol()));
}

Result<Ref> Parser::whole_type() {
    return finished(type());
}

// <mangled-name> ::= _Z <encoding>
Ref Parser::symbol() {
    expect("_Z");
    return encoding();
}

// [. (<lower> | _)+] (. <digits>)*, which is no part of the ABI.
Ref Parser::clones(Ref symbol) {
    auto const is_word = [&](usize at) {
        return (peek(at) >= 'a' && peek(at) <= 'z') || peek(at) == '_' || at_digit(at);
    };
    while (peek() == '.' && is_word(1)) {
        usize length = 2;
        while (is_word(length))
            ++length;
        while (peek(length) == '.' && at_digit(length + 1)) {
            length += 2;
            while (at_digit(length))
                ++length;
        }
        symbol = add(Kind::clone, symbol, add_text(length));
    }
    return symbol;
}

/// Constructors, destructors and conversions have no return type in their names.
bool Parser::is_untyped(Ref name) const {
    switch (Node const& node = tree_[name]; node.kind) {
    case Kind::qualified:
    case Kind::local:
        return is_untyped(node.right);
    case Kind::tagged:
        return is_untyped(node.left);
    case Kind::constructor:
    case Kind::destructor:
    case Kind::conversion:
        return true;
    default:
        return false;
    }
}

/// Only functions made from templates have one.
bool Parser::returns(Ref name) const {
    switch (Node const& node = tree_[name]; node.kind) {
    case Kind::specialized:
        return !is_untyped(node.left);
    case Kind::local:
        return returns(node.right);
    case Kind::default_argument:
    case Kind::modified:
        return returns(node.left);
    default:
        return false;
    }
}

// <encoding> ::= <function name> <bare-function-type> | <data name> | <special-name>
Ref Parser::encoding() {
    Level const level(*this);
    if (peek() == 'G' || peek() == 'T')
        return special_name();
    Ref const named = name();
    if (at_list_end() || peek() == '.')
        return named;
    bool const with_return = returns(named) || peek() == 'J';
    take("J");
    return add(Kind::encoding, named, function_signature(with_return));
}

// <call-offset> ::= h <number> _ | v <number> _ <number> _
void Parser::call_offset(char kind) {
    if (kind == '\0') {
        kind = peek();
        if (kind != 'h' && kind != 'v') {
            fail();
            return;
        }
        rest_.remove_prefix(1);
    }
    for (int numbers = kind == 'v' ? 2 : 1; numbers > 0; --numbers) {
        take("n");
        number();
        expect("_");
    }
}

// <special-name> ::= TV <type> | TI <type> | ... | GV <name> | GR <name> [<number>] _
Ref Parser::special_name() {
    auto const code = find_special(rest_.substr(0, 2));
    if (!code)
        return fail();
    char const second = peek(1);
    rest_.remove_prefix(2);
    Ref left = 0;
    Ref right = 0;
    u32 which = 0;
    switch (special_of(*code).operand) {
    case Operand::type:
        left = type();
        break;
    case Operand::name:
        left = name();
        break;
    case Operand::encoding:
        left = encoding();
        break;
    case Operand::transaction:
        which = take("n") ? 1 : 0;
        if (which == 0)
            expect("t");
        left = encoding();
        break;
    case Operand::argument:
        left = template_argument();
        break;
    case Operand::thunk:
        call_offset(second);
        left = encoding();
        break;
    case Operand::covariant:
        call_offset('\0');
        call_offset('\0');
        left = encoding();
        break;
    case Operand::construction:
        right = type();
        number();
        expect("_");
        left = type();
        break;
    case Operand::temporary:
        left = name();
        // The ABI's `_` and `0_` for the first and second, and a plain number.
        if (at_digit() && rest_.find('_') == std::string_view::npos)
            which = number();
        else
            which = compact_number();
        break;
    }
    return add(
        {.kind = Kind::special, .code = *code, .left = left, .right = right, .number = which});
}

} // namespace demangle
