// Prints names.
#include "libs/demangle/printer.hpp"
#include "libs/demangle/tables.hpp"

namespace demangle {

bool Printer::name(Ref ref) {
    Node const& node = at(ref);
    switch (node.kind) {
    case Kind::text:
        put(tree_.text(node));
        return true;
    case Kind::standard:
        put(node.number != 0 ? standard_of(node.code).whole : standard_of(node.code).text);
        return true;
    case Kind::anonymous:
        put("(anonymous namespace)");
        return true;
    case Kind::literal_string:
        put("string literal");
        return true;
    case Kind::qualified:
        whole(node.left);
        put("::");
        whole(node.right);
        return true;
    case Kind::local:
        local(node, Qualifiers::printed);
        return true;
    case Kind::default_argument:
        put("{default arg#");
        put_number(node.number + 1);
        put("}::");
        whole(node.left);
        return true;
    case Kind::specialized:
        specialized(ref);
        return true;
    case Kind::tagged:
        whole(node.left);
        put("[abi:");
        whole(node.right);
        put("]");
        return true;
    case Kind::constructor:
        structor_name(node.left);
        return true;
    case Kind::destructor:
        put("~");
        structor_name(node.left);
        return true;
    case Kind::operator_name:
        operator_name(node);
        return true;
    case Kind::vendor_operator:
        put("operator ");
        whole(node.left);
        return true;
    case Kind::literal_operator:
        put("operator\"\" ");
        whole(node.left);
        return true;
    case Kind::conversion:
        conversion(node);
        return true;
    case Kind::lambda:
        lambda(node);
        return true;
    case Kind::unnamed:
        put("{unnamed type#");
        put_number(node.number + 1);
        put("}");
        return true;
    case Kind::binding:
        put("[");
        list(node.left);
        put("]");
        return true;
    case Kind::module_name: {
        if (node.left != 0)
            whole(node.left);
        char const between = static_cast<char>(node.code);
        put({&between, between != '\0' ? 1u : 0u});
        whole(node.right);
        return true;
    }
    default:
        return false;
    }
}

void Printer::specialized(Ref ref) {
    Ref const outer = std::exchange(specialized_, ref);
    whole(at(ref).left);
    specialized_ = outer;
    arguments(at(ref).right);
}

void Printer::arguments(Ref of) {
    if (last() == '<')
        put(" "); // operator<
    put("<");
    list(of);
    if (last() == '>')
        put(" ");
    put(">");
}

/// The type may use parameters of the operator's own template, whose arguments come behind it.
void Printer::conversion(Node const& node) {
    put("operator ");
    Scope const of_operator{.arguments = specialized_ != 0 ? at(specialized_).right : Ref{0},
                            .outer = scope_};
    Ref const to = node.left;
    bool const splits = at(to).kind == Kind::specialized;
    {
        InScope const in_scope(*this, specialized_ != 0 ? &of_operator : scope_);
        whole(splits ? at(to).left : to);
    }
    if (splits)
        arguments(at(to).right);
}

/// The class's name once more, without its scope and arguments.
void Printer::structor_name(Ref scope) {
    for (;;) {
        Node const& node = at(scope);
        switch (node.kind) {
        case Kind::specialized:
        case Kind::tagged:
        case Kind::default_argument:
        case Kind::modified:
        case Kind::module_name:
            scope = node.left;
            break;
        case Kind::qualified:
        case Kind::local:
            scope = node.right;
            break;
        case Kind::standard:
            put(standard_of(node.code).name);
            return;
        default:
            whole(scope);
            return;
        }
    }
}

void Printer::operator_name(Node const& node) {
    std::string_view text = operator_of(node.code).text;
    put("operator");
    if (text[0] >= 'a' && text[0] <= 'z')
        put(" ");
    if (text.ends_with(' '))
        text.remove_suffix(1);
    put(text);
}

} // namespace demangle
