// Prints whole symbols: functions with their types, what is local to them, special names; within
// limits.
#include "libs/demangle/demangle.hpp"
#include "libs/demangle/printer.hpp"
#include "libs/demangle/tables.hpp"

#include <charconv>

namespace demangle {

Printer::Level::Level(Printer& printer) : printer_(printer) {
    constexpr unsigned deepest = 160;
    // What a tree of this size can need in earnest; one that doubles with each level needs more.
    constexpr unsigned most_calls = 1 << 17;
    if (++printer_.depth_ > deepest || ++printer_.calls_ > most_calls)
        printer_.fail(Errno::e2big);
}

void Printer::fail(Errno why) {
    if (!error_)
        error_ = why;
}

void Printer::put(std::string_view text) {
    if (text.size() > longest_text - text_.size())
        fail(Errno::e2big);
    if (error_ || text.empty())
        return;
    text_.append(text);
    last_ = text.back();
}

void Printer::put_number(u64 number) {
    char digits[20];
    auto const end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    put({digits, static_cast<usize>(end - digits)});
}

Result<String> Printer::print(Ref root) {
    whole(root);
    if (error_)
        return ::fail(*error_);
    return std::move(text_);
}

void Printer::whole(Ref ref) {
    Level const level(*this);
    if (error_)
        return;
    if (!name(ref) && !symbol(ref) && !expression(ref)) {
        left(ref);
        right(ref);
    }
}

bool Printer::symbol(Ref ref) {
    Node const& node = at(ref);
    switch (node.kind) {
    case Kind::encoding:
        encoding(node, Return::printed);
        return true;
    case Kind::special:
        special(node);
        return true;
    case Kind::clone:
        whole(node.left);
        put(" [clone ");
        whole(node.right);
        put("]");
        return true;
    case Kind::keyed:
        put(node.code != 0 ? "global constructors keyed to " : "global destructors keyed to ");
        whole(node.left);
        return true;
    default:
        return false;
    }
}

/// A function: its name in the middle of its type, and T_ in the type names the arguments of the
/// name.
void Printer::encoding(Node const& node, Return with_return) {
    Ref core = node.left;
    while (at(core).kind == Kind::modified)
        core = at(core).left;
    Ref qualified = node.left;
    Ref named = core;
    if (at(core).kind == Kind::local) {
        named = at(core).right;
        if (at(named).kind == Kind::default_argument)
            named = at(named).left;
        if (at(named).kind == Kind::modified)
            qualified = named;
        while (at(named).kind == Kind::modified)
            named = at(named).left;
    }
    Node const& function = at(node.right);
    Scope const of_name{.arguments = at(named).right, .outer = scope_};
    Scope const* const scope = at(named).kind == Kind::specialized ? &of_name : scope_;
    Ref const result = with_return == Return::printed ? function.left : Ref{0};
    if (result != 0) {
        InScope const in_scope(*this, scope);
        left(result);
        if (!has_right(result))
            put(" ");
    }
    if (at(core).kind == Kind::local)
        local(at(core), Qualifiers::left_out);
    else
        whole(core);
    InScope const in_scope(*this, scope);
    put("(");
    list(function.right);
    put(")");
    for (Ref end = named; qualified != end;) { // the innermost first
        Ref each = qualified;
        while (at(each).left != end && at(at(each).left).kind == Kind::modified)
            each = at(each).left;
        behind_function(at(each));
        end = each;
    }
    if (result != 0)
        right(result);
}

/// Of the function around it what it returns is not printed: that would look like the type of what
/// is local.
void Printer::local(Node const& node, Qualifiers with_qualifiers) {
    if (at(node.left).kind == Kind::encoding) {
        Level const level(*this);
        if (!error_)
            encoding(at(node.left), Return::left_out);
    } else {
        whole(node.left);
    }
    put("::");
    Ref entity = node.right;
    if (with_qualifiers == Qualifiers::left_out) {
        if (at(entity).kind == Kind::default_argument) {
            put("{default arg#");
            put_number(at(entity).number + 1);
            put("}::");
            entity = at(entity).left;
        }
        while (at(entity).kind == Kind::modified)
            entity = at(entity).left;
    }
    whole(entity);
}

void Printer::lambda(Node const& node) {
    put("{lambda");
    bool const before = std::exchange(in_lambda_, true);
    Ref const head = std::exchange(lambda_head_, node.right);
    if (node.right != 0)
        lambda_head(node.right);
    put("(");
    list(node.left);
    put(")#");
    in_lambda_ = before;
    lambda_head_ = head;
    put_number(node.number + 1);
    put("}");
}

/// Parameters of a lambda's own template have no names in symbols; they get some.
void Printer::lambda_head(Ref head) {
    Level const level(*this);
    put("<");
    u32 index = 0;
    for (Ref each = head; each != 0 && !error_; each = at(each).right, ++index) {
        Node const& declared = at(at(each).left);
        put(each != head ? ", " : "");
        if (declared.code == 'n')
            whole(declared.left);
        else if (declared.code == 't') {
            put("template");
            lambda_head(declared.left);
            put(" class");
        } else
            put("typename");
        put(declared.number != 0 ? "... " : " ");
        lambda_parameter(index);
    }
    put(">");
}

bool Printer::lambda_parameter(u32 index) {
    Ref each = lambda_head_;
    for (u32 before = index; each != 0 && before > 0; --before)
        each = at(each).right;
    if (each == 0)
        return false;
    char const kind = static_cast<char>(at(at(each).left).code);
    put(kind == 'n' ? "$N" : kind == 't' ? "$TT" : "$T");
    put_number(index);
    return true;
}

void Printer::special(Node const& node) {
    auto const& what = special_of(node.code);
    if (what.operand == Operand::transaction && node.number != 0)
        put("non-");
    put(what.text);
    if (what.operand == Operand::temporary) {
        put_number(node.number);
        put(" for ");
    }
    whole(node.left);
    if (what.operand == Operand::construction) {
        put("-in-");
        whole(node.right);
    }
}

} // namespace demangle
