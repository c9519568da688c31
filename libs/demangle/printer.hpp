// Prints the tree of a name as C++ would declare it.
#pragma once

#include "libs/base/result.hpp"
#include "libs/base/string.hpp"
#include "libs/demangle/tree.hpp"

#include <optional>

namespace demangle {

class Printer {
public:
    explicit Printer(Tree const& tree) : tree_(tree) {}

    Result<String> print(Ref root);

private:
    /// The template whose arguments T_ names, and what is around it. Lives on the stack of the call
    /// that prints the template's function.
    struct Scope {
        Ref arguments;
        Scope const* outer;
    };

    /// Counts the calls that are open, and all calls; ends printing beyond the limits.
    class Level {
    public:
        explicit Level(Printer& printer);

        ~Level() { --printer_.depth_; }

        Level(Level const&) = delete;
        Level& operator=(Level const&) = delete;

    private:
        Printer& printer_;
    };

    /// Another scope, until the end of the block.
    class InScope {
    public:
        InScope(Printer& printer, Scope const* scope) : printer_(printer), before_(printer.scope_) {
            printer_.scope_ = scope;
        }

        ~InScope() { printer_.scope_ = before_; }

        InScope(InScope const&) = delete;
        InScope& operator=(InScope const&) = delete;

    private:
        Printer& printer_;
        Scope const* before_;
    };

    Node const& at(Ref ref) const { return tree_[ref]; }

    // print_symbols.cpp
    void put(std::string_view text);
    void put_number(u64 number);

    /// Also of what list() has taken back, as c++filt has it: "A<B<>>" when an empty pack ends A's
    /// arguments.
    char last() const { return last_; }

    void fail(Errno why = Errno::einval);
    void whole(Ref ref);
    bool symbol(Ref ref);
    enum class Return { printed, left_out };
    void encoding(Node const& node, Return with_return);
    enum class Qualifiers { printed, left_out };
    void local(Node const& node, Qualifiers with_qualifiers);
    void lambda(Node const& node);
    void lambda_head(Ref head);
    bool lambda_parameter(u32 index);
    void special(Node const& node);

    // print_names.cpp
    bool name(Ref ref);
    void specialized(Ref ref);
    void arguments(Ref list);
    void conversion(Node const& node);
    void structor_name(Ref scope);
    void operator_name(Node const& node);

    // print_types.cpp
    struct Target {
        Modifier modifier;
        Ref ref;
        Scope const* scope;
    };

    Target target_of(Node const& node) const;
    enum class Shape { plain, function, array };
    Shape shape(Ref ref) const;
    bool has_right(Ref ref) const;
    bool type(Ref ref);
    void wide(Node const& node);

    // print_declarators.cpp: what stands before the declared name, and what behind it
    void left(Ref ref, unsigned qualifiers = 0);
    void right(Ref ref, bool in_array = false);
    void modified_left(Node const& node, unsigned qualifiers);
    void modified_right(Node const& node, bool in_array);
    void behind_function(Node const& node);
    void open_declarator(Ref target, bool space);
    void close_declarator(Ref target);

    // print_packs.cpp
    Ref argument_of(Node const& parameter, Scope const* scope) const;
    bool resolve(Ref& ref, Scope const*& scope) const;
    void expansion(Node const& node);
    Ref find_pack(Ref ref);
    unsigned length(Ref list) const;
    unsigned expanded_length(Ref list);
    void list(Ref list);

    // print_expressions.cpp
    bool expression(Ref ref);
    void subexpression(Ref ref);
    void operator_text(Ref ref);
    void unary(Node const& node);
    void binary(Node const& node);
    void conditional(Node const& node);
    void fold(Node const& node);
    void new_object(Node const& node);
    void designated(Node const& node);
    void literal(Node const& node);

    Tree const& tree_;
    String text_;
    char last_ = '\0';
    Scope const* scope_ = nullptr;
    Ref specialized_ = 0; ///< the innermost that is being printed
    int pack_index_ = 0;  ///< which argument of a pack T_ is; -1: all
    bool in_lambda_ = false;
    Ref lambda_head_ = 0;
    unsigned depth_ = 0;
    unsigned calls_ = 0;
    std::optional<Errno> error_;
};

} // namespace demangle
