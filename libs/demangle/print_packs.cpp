// Finds what template parameters stand for, and prints packs and lists.
#include "libs/demangle/printer.hpp"

namespace demangle {

namespace {

constexpr int all_of_pack = -1;

}

/// The argument that T_ names, a whole pack if it is one; 0 if there is none.
Ref Printer::argument_of(Node const& parameter, Scope const* scope) const {
    Ref each = scope != nullptr ? scope->arguments : Ref{0};
    for (u32 before = parameter.number; each != 0 && before > 0; --before)
        each = at(each).right;
    return each != 0 ? at(each).left : Ref{0};
}

/// From T_ to its argument and the scope of that; of a pack the one whose turn it is.
bool Printer::resolve(Ref& ref, Scope const*& scope) const {
    if (in_lambda_ || scope == nullptr)
        return false;
    Ref found = argument_of(at(ref), scope);
    if (found == 0)
        return false;
    if (at(found).kind == Kind::list && pack_index_ != all_of_pack) {
        for (int before = pack_index_; found != 0 && before > 0; --before)
            found = at(found).right;
        if (found == 0 || at(found).left == 0)
            return false;
        found = at(found).left;
    }
    ref = found;
    scope = scope->outer;
    return true;
}

/// The first pack that the pattern uses, or 0.
Ref Printer::find_pack(Ref ref) {
    Level const level(*this);
    while (ref != 0 && !error_) {
        Node const& node = at(ref);
        switch (node.kind) {
        case Kind::parameter: {
            Ref const argument = argument_of(node, scope_);
            return at(argument).kind == Kind::list ? argument : Ref{0};
        }
        case Kind::expansion:
        case Kind::lambda:
        case Kind::constructor:
        case Kind::destructor:
            return 0;
        default:
            if (Ref const found = find_pack(node.left); found != 0)
                return found;
            ref = node.right;
        }
    }
    return 0;
}

unsigned Printer::length(Ref list) const {
    unsigned count = 0;
    for (; list != 0 && at(list).left != 0; list = at(list).right)
        ++count;
    return count;
}

/// sizeof...(Ts..., int, Us...)
unsigned Printer::expanded_length(Ref list) {
    unsigned count = 0;
    for (; list != 0 && at(list).left != 0; list = at(list).right) {
        Node const& item = at(at(list).left);
        count += item.kind == Kind::expansion ? length(find_pack(item.left)) : 1;
    }
    return count;
}

void Printer::expansion(Node const& node) {
    Ref const pack = in_lambda_ ? Ref{0} : find_pack(node.left);
    if (pack == 0) {
        subexpression(node.left);
        put("...");
        return;
    }
    int const before = pack_index_;
    unsigned const count = length(pack);
    for (unsigned each = 0; each < count && !error_; ++each) {
        put(each != 0 ? ", " : "");
        pack_index_ = static_cast<int>(each);
        whole(node.left);
    }
    pack_index_ = before;
}

/// With commas; none behind the last that prints something, as empty packs do not.
void Printer::list(Ref first) {
    Level const level(*this);
    usize end = text_.size();
    for (Ref each = first; each != 0 && !error_; each = at(each).right) {
        put(each != first ? ", " : "");
        usize const start = text_.size();
        if (at(each).left != 0)
            whole(at(each).left);
        if (text_.size() != start)
            end = text_.size();
    }
    text_.truncate(end);
}

void Printer::fold(Node const& node) {
    int const before = std::exchange(pack_index_, all_of_pack);
    Ref const first = at(node.right).left;
    Ref const rest = at(node.right).right;
    put(node.code == 'l' ? "(..." : "(");
    if (node.code == 'l')
        operator_text(node.left);
    subexpression(first);
    if (node.code != 'l') {
        operator_text(node.left);
        put("...");
    }
    if (rest != 0) {
        operator_text(node.left);
        subexpression(at(rest).left);
    }
    put(")");
    pack_index_ = before;
}

} // namespace demangle
