// Prints expressions, as they stand in template arguments, decltype and array bounds.
#include "libs/demangle/printer.hpp"
#include "libs/demangle/tables.hpp"

namespace demangle {

bool Printer::expression(Ref ref) {
    Node const& node = at(ref);
    switch (node.kind) {
    case Kind::unary:
        unary(node);
        return true;
    case Kind::suffix:
        subexpression(node.right);
        operator_text(node.left);
        return true;
    case Kind::binary:
        binary(node);
        return true;
    case Kind::conditional:
        conditional(node);
        return true;
    case Kind::fold:
        fold(node);
        return true;
    case Kind::cast:
        put("(");
        whole(node.left);
        put(")");
        subexpression(node.right);
        return true;
    case Kind::new_object:
        new_object(node);
        return true;
    case Kind::call_list:
        list(node.left);
        return true;
    case Kind::braces:
        if (node.left != 0)
            whole(node.left);
        put("{");
        list(node.right);
        put("}");
        return true;
    case Kind::literal:
        literal(node);
        return true;
    case Kind::function_parameter:
        if (node.number == 0) {
            put("this");
        } else {
            put("{parm#");
            put_number(node.number);
            put("}");
        }
        return true;
    case Kind::vendor_call:
        whole(node.left);
        put("(");
        list(node.right);
        put(")");
        return true;
    case Kind::designated:
        designated(node);
        return true;
    default:
        return false;
    }
}

/// In parentheses unless it is simple.
void Printer::subexpression(Ref ref) {
    auto const kind = at(ref).kind;
    bool const simple = kind == Kind::text || kind == Kind::qualified || kind == Kind::braces ||
                        kind == Kind::function_parameter;
    if (!simple)
        put("(");
    whole(ref);
    if (!simple)
        put(")");
}

void Printer::operator_text(Ref ref) {
    if (at(ref).kind == Kind::operator_name)
        put(operator_of(at(ref).code).text);
    else
        whole(ref);
}

void Printer::unary(Node const& node) {
    std::string_view const code = operator_of(at(node.left).code).code;
    Ref operand = node.right;
    if (code == "sZ") {
        put_number(length(find_pack(operand)));
        return;
    }
    if (code == "sP") {
        put_number(expanded_length(operand));
        return;
    }
    operator_text(node.left);
    if (operand == 0)
        return; // throw
    Node const& what = at(operand);
    if (code == "ad" && what.kind == Kind::encoding && at(what.left).kind == Kind::qualified)
        operand = what.left; // &A::f, without its parameters
    if (code == "gs") {
        whole(operand);
    } else if (code == "st" || code == "nx") {
        put("(");
        whole(operand);
        put(")");
    } else {
        subexpression(operand);
    }
}

void Printer::binary(Node const& node) {
    auto const& op = operator_of(at(node.left).code);
    std::string_view const code = op.code;
    Ref const first = at(node.right).left;
    Ref const second = at(at(node.right).right).left;
    if (op.arity == Arity::named_cast) {
        put(op.text);
        put("<");
        whole(first);
        put(">(");
        whole(second);
        put(")");
        return;
    }
    bool const like_the_end = code == "gt"; // of template arguments
    if (like_the_end)
        put("(");
    bool const calls_function = code == "cl" && at(first).kind == Kind::encoding;
    subexpression(calls_function ? at(first).left : first);
    if (code == "ix") {
        put("[");
        whole(second);
        put("]");
    } else {
        if (code != "cl")
            put(op.text);
        subexpression(second);
    }
    if (like_the_end)
        put(")");
}

void Printer::conditional(Node const& node) {
    Node const& rest = at(at(node.right).right);
    subexpression(at(node.right).left);
    put("?");
    subexpression(rest.left);
    put(" : ");
    subexpression(at(rest.right).left);
}

void Printer::new_object(Node const& node) {
    put("new ");
    if (at(node.left).left != 0) {
        subexpression(node.left);
        put(" ");
    }
    whole(at(node.right).left);
    if (Ref const initializer = at(node.right).right; initializer != 0)
        subexpression(at(initializer).left);
}

void Printer::designated(Node const& node) {
    put(node.code == 'i' ? "." : "[");
    if (node.code == 'X') {
        whole(at(node.left).left);
        put(" ... ");
        whole(at(at(node.left).right).left);
    } else {
        whole(node.left);
    }
    put(node.code == 'i' ? "" : "]");
    if (at(node.right).kind == Kind::designated) {
        whole(node.right);
    } else {
        put("=");
        subexpression(node.right);
    }
}

void Printer::literal(Node const& node) {
    Node const& of = at(node.left);
    std::string_view const minus = node.code != 0 ? "-" : "";
    auto how = Literal::plain;
    if (of.kind == Kind::builtin) {
        auto const& builtin = builtin_of(of.code);
        how = builtin.literal;
        auto const value = tree_.text(at(node.right));
        if (how == Literal::suffixed) {
            put(minus);
            put(value);
            put(builtin.suffix);
            return;
        }
        if (how == Literal::truth && minus.empty() && (value == "0" || value == "1")) {
            put(value == "0" ? "false" : "true");
            return;
        }
    }
    put("(");
    whole(node.left);
    put(")");
    put(minus);
    put(how == Literal::floating ? "[" : "");
    whole(node.right);
    put(how == Literal::floating ? "]" : "");
}

} // namespace demangle
