// Prints types around the name that they declare: "int (*" NAME ") [3]".
#include "libs/demangle/printer.hpp"
#include "libs/demangle/tables.hpp"

namespace demangle {

/// `qualifiers`: bits of those that the type gets from outside, not to be printed twice.
void Printer::left(Ref ref, unsigned qualifiers) {
    Level const level(*this);
    if (error_)
        return;
    Node const& node = at(ref);
    switch (node.kind) {
    case Kind::modified:
        modified_left(node, qualifiers);
        break;
    case Kind::vendor_qualified:
        left(node.left);
        put(" ");
        whole(node.right);
        break;
    case Kind::member_pointer:
        left(node.right);
        open_declarator(node.right, true);
        if (last() != '(')
            put(" ");
        whole(node.left);
        put("::*");
        break;
    case Kind::function:
        if (node.left != 0) {
            left(node.left);
            if (!has_right(node.left))
                put(" ");
        }
        break;
    case Kind::array:
        left(node.right, qualifiers);
        break;
    case Kind::vector:
        left(node.right);
        put(" __vector(");
        whole(node.left);
        put(")");
        break;
    case Kind::parameter: {
        Scope const* scope = scope_;
        if (in_lambda_) {
            if (!lambda_parameter(node.number)) {
                put("auto:");
                put_number(node.number + 1);
            }
        } else if (resolve(ref, scope)) {
            InScope const in_scope(*this, scope);
            left(ref, qualifiers);
        } else {
            fail();
        }
        break;
    }
    default:
        if (!type(ref))
            whole(ref);
    }
}

void Printer::right(Ref ref, bool in_array) {
    Level const level(*this);
    if (error_)
        return;
    Node const& node = at(ref);
    switch (node.kind) {
    case Kind::modified:
        modified_right(node, in_array);
        break;
    case Kind::vendor_qualified:
        right(node.left);
        break;
    case Kind::member_pointer:
        close_declarator(node.right);
        right(node.right);
        break;
    case Kind::function:
        put("(");
        list(node.right);
        put(")");
        if (node.left != 0)
            right(node.left);
        break;
    case Kind::array:
        put(in_array ? "[" : " [");
        if (node.left != 0)
            whole(node.left);
        put("]");
        right(node.right, true);
        break;
    case Kind::vector:
        right(node.right);
        break;
    case Kind::parameter: {
        Scope const* scope = scope_;
        if (resolve(ref, scope)) {
            InScope const in_scope(*this, scope);
            right(ref, in_array);
        }
        break;
    }
    default:
        break;
    }
}

void Printer::modified_left(Node const& node, unsigned qualifiers) {
    auto const [modifier, target, scope] = target_of(node);
    unsigned const bit = 1u << static_cast<unsigned>(modifier);
    InScope const in_scope(*this, scope);
    switch (modifier) {
    case Modifier::pointer:
    case Modifier::reference:
    case Modifier::rvalue_reference:
        left(target);
        open_declarator(target, false);
        put(text_of(modifier));
        break;
    case Modifier::restricted:
    case Modifier::volatile_:
    case Modifier::constant:
        left(target, qualifiers | bit);
        // On functions they mean nothing, and come only from a template's `T const`.
        if ((qualifiers & bit) == 0 && shape(target) != Shape::function)
            put(text_of(modifier));
        break;
    case Modifier::complex:
    case Modifier::imaginary:
        left(target);
        put(text_of(modifier));
        break;
    default:
        left(target);
        break;
    }
}

void Printer::modified_right(Node const& node, bool in_array) {
    auto const [modifier, target, scope] = target_of(node);
    InScope const in_scope(*this, scope);
    if (is_declarator(modifier)) {
        close_declarator(target);
        right(target);
        return;
    }
    right(target, in_array);
    behind_function(node);
}

/// const, & and the like behind a function's parameters.
void Printer::behind_function(Node const& node) {
    auto const modifier = static_cast<Modifier>(node.code);
    if (modifier < Modifier::this_restricted)
        return;
    put(text_of(modifier));
    if (node.right != 0) {
        put("(");
        whole(node.right);
        put(")");
    }
}

void Printer::open_declarator(Ref target, bool space) {
    switch (shape(target)) {
    case Shape::plain:
        break;
    case Shape::function:
        if ((space || (last() != '(' && last() != '*')) && last() != ' ')
            put(" ");
        put("(");
        break;
    case Shape::array:
        put(" (");
        break;
    }
}

void Printer::close_declarator(Ref target) {
    if (shape(target) != Shape::plain)
        put(")");
}

} // namespace demangle
