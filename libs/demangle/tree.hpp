// The tree that a mangled name stands for: small nodes in one array, which name each other by
// index.
#pragma once

#include "libs/base/types.hpp"
#include "libs/base/vector.hpp"

#include <string_view>

namespace demangle {

enum class Kind : u8 {
    // names
    text,             // characters of the mangled name
    standard,         // St, Sa, ...: `code` in standard_names
    anonymous,        // (anonymous namespace)
    literal_string,   // a string literal local to a function
    qualified,        // left::right
    local,            // left::right, where left is an encoding
    default_argument, // left, in the default argument `number` of a function
    specialized,      // left<right>
    tagged,           // left[abi:right]
    constructor,      // of the class that `left` names, or nothing
    destructor,
    operator_name,   // operator+: `code` in operators
    vendor_operator, // operator left
    literal_operator,
    conversion,  // operator type
    lambda,      // parameters left, template head right, #number
    unnamed,     // #number
    binding,     // [a, b]
    module_name, // left@right

    // whole symbols
    encoding, // function left of type right
    special,  // `code` in special_names, left, right
    clone,    // left, suffix right
    keyed,    // global constructors or destructors (code) of left

    // types
    builtin,  // `code` in builtin_types
    modified, // left and then `code` of Modifier
    vendor_qualified,
    member_pointer, // of class left to right
    function,       // returns left (or 0), list of parameters right
    array,          // size left (or 0) of right
    vector,         // size left of right
    decltype_of,
    expansion,  // left...
    parameter,  // T_, number
    wide,       // _Float16 and the like: prefix in `code`, number
    elaborated, // struct, union, enum: code

    // expressions
    unary,       // operator left, operand right
    suffix,      // operator left, operand right
    binary,      // operator left, operands the list right
    conditional, // list left
    fold,        // operator left, list right: the pack, and perhaps the other
    cast,        // to type left, of right
    new_object,  // list left (placement), list right: type and perhaps initializer
    call_list,   // a list in parentheses
    braces,      // type left (or 0), list right
    literal,     // type left, text right; code: minus
    function_parameter,
    vendor_call,
    designated,

    list, // left, and the rest right; 0 and 0 is the empty list
};

enum class Modifier : u8 {
    pointer,
    reference,
    rvalue_reference,
    restricted,
    volatile_,
    constant,
    complex,
    imaginary,
    // of functions, behind their parameters
    this_restricted,
    this_volatile,
    this_constant,
    this_reference,
    this_rvalue_reference,
    noexcept_,
    throws,
};

constexpr bool is_reference(Modifier modifier) {
    return modifier == Modifier::reference || modifier == Modifier::rvalue_reference;
}

constexpr bool is_declarator(Modifier modifier) {
    return modifier == Modifier::pointer || is_reference(modifier);
}

/// The index of a node; 0 is none.
using Ref = u16;

struct Node {
    Kind kind = Kind::text;
    u8 code = 0;
    u16 length = 0; ///< of the text
    Ref left = 0;
    Ref right = 0;
    u32 number = 0; ///< or where the text starts
};

static_assert(sizeof(Node) == 12);

class Tree {
public:
    /// 36 KiB; the longest name of libstdc++ takes a tenth of it.
    static constexpr usize most_nodes = 3072;

    explicit Tree(std::string_view mangled) : mangled_(mangled) {
        // Two for each letter, and as many for looking ahead.
        nodes_.reserve(std::min<usize>(most_nodes, 4 * mangled.size() + 8));
        nodes_.emplace_back();
    }

    /// 0: there are too many.
    Ref add(Node node) {
        if (nodes_.size() == nodes_.capacity())
            return 0;
        nodes_.push_back(node);
        return static_cast<Ref>(nodes_.size() - 1);
    }

    Node const& operator[](Ref ref) const { return nodes_[ref]; }

    Node& operator[](Ref ref) { return nodes_[ref]; }

    std::string_view text(Node const& node) const {
        return mangled_.substr(node.number, node.length);
    }

    std::string_view mangled() const { return mangled_; }

private:
    std::string_view mangled_;
    Vector<Node> nodes_;
};

} // namespace demangle
