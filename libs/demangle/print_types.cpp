// Prints types that stand before the name, and says of others how they stand around it.
#include "libs/demangle/printer.hpp"
#include "libs/demangle/tables.hpp"

namespace demangle {

/// A reference to a reference is one.
Printer::Target Printer::target_of(Node const& node) const {
    Target target{static_cast<Modifier>(node.code), node.left, scope_};
    if (!is_reference(target.modifier))
        return target;
    Ref ref = target.ref;
    Scope const* scope = scope_;
    if (at(ref).kind != Kind::parameter || !resolve(ref, scope))
        return target;
    Node const& argument = at(ref);
    auto const inner = static_cast<Modifier>(argument.code);
    if (argument.kind != Kind::modified || !is_reference(inner))
        return target;
    if (inner == Modifier::reference)
        target.modifier = inner;
    return {target.modifier, argument.left, scope};
}

/// What a type is behind its qualifiers: functions and arrays want parentheses around a pointer to
/// them.
Printer::Shape Printer::shape(Ref ref) const {
    Scope const* scope = scope_;
    for (;;) {
        Node const& node = at(ref);
        if (node.kind == Kind::function)
            return Shape::function;
        if (node.kind == Kind::array)
            return Shape::array;
        if (node.kind == Kind::modified && !is_declarator(static_cast<Modifier>(node.code)))
            ref = node.left;
        else if (node.kind != Kind::parameter || !resolve(ref, scope))
            return Shape::plain;
    }
}

/// Whether something of the type stands behind the name.
bool Printer::has_right(Ref ref) const {
    Scope const* scope = scope_;
    for (;;) {
        Node const& node = at(ref);
        switch (node.kind) {
        case Kind::function:
        case Kind::array:
            return true;
        case Kind::modified:
        case Kind::vendor_qualified:
            ref = node.left;
            break;
        case Kind::member_pointer:
        case Kind::vector:
            ref = node.right;
            break;
        case Kind::parameter:
            if (!resolve(ref, scope))
                return false;
            break;
        default:
            return false;
        }
    }
}

/// Types that all stand before the name.
bool Printer::type(Ref ref) {
    Node const& node = at(ref);
    switch (node.kind) {
    case Kind::builtin:
        put(builtin_of(node.code).text);
        return true;
    case Kind::decltype_of:
        put("decltype (");
        whole(node.left);
        put(")");
        return true;
    case Kind::elaborated:
        put(node.code == 's' ? "struct " : node.code == 'u' ? "union " : "enum ");
        whole(node.left);
        return true;
    case Kind::wide:
        wide(node);
        return true;
    case Kind::expansion:
        expansion(node);
        return true;
    case Kind::list:
        list(ref);
        return true;
    default:
        return false;
    }
}

void Printer::wide(Node const& node) {
    auto const bits = [&] {
        if (node.left != 0)
            whole(node.left);
        else
            put_number(node.number);
    };
    switch (node.code) {
    case 'B':
    case 'U':
        put(node.code == 'U' ? "unsigned _BitInt(" : "_BitInt(");
        bits();
        put(")");
        break;
    case 'b':
        put("std::bfloat");
        bits();
        put("_t");
        break;
    default:
        put("_Float");
        bits();
        put(node.code == 'x' ? "x" : "");
    }
}

} // namespace demangle
