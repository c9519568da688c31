// Reads a mangled name into a tree, by the grammar of the Itanium C++ ABI, section 5.1.
#pragma once

#include "libs/base/result.hpp"
#include "libs/demangle/tree.hpp"

#include <optional>

namespace demangle {

class Parser {
public:
    explicit Parser(Tree& tree) : tree_(tree), rest_(tree.mangled()) {}

    Result<Ref> whole_symbol();
    Result<Ref> whole_type();

private:
    // What is left of the text. After a failure nothing is, so that every loop ends.
    char peek(usize ahead = 0) const { return ahead < rest_.size() ? rest_[ahead] : '\0'; }

    bool at_digit(usize ahead = 0) const { return peek(ahead) >= '0' && peek(ahead) <= '9'; }

    bool at_list_end() const { return rest_.empty() || peek() == 'E'; }

    bool take(std::string_view wanted);
    void expect(std::string_view wanted);
    Ref fail(Errno why = Errno::einval);
    Result<Ref> finished(Ref root) const;

    /// A place to go back to where the grammar needs a look ahead. Nodes stay, so that their number
    /// bounds how often that happens.
    struct Mark {
        std::string_view rest;
        usize substitutions;
    };

    Mark mark() const { return {rest_, substitutions_.size()}; }

    void go_back(Mark const& mark);

    /// Fails when calls are too deep; lives as long as the call.
    class Level {
    public:
        explicit Level(Parser& parser) : parser_(parser) {
            if (++parser_.depth_ > deepest)
                parser_.fail(Errno::e2big);
        }

        ~Level() { --parser_.depth_; }

        Level(Level const&) = delete;
        Level& operator=(Level const&) = delete;

    private:
        static constexpr unsigned deepest = 96;
        Parser& parser_;
    };

    Ref add(Node node);

    Ref add(Kind kind, Ref left = 0, Ref right = 0) {
        return add({.kind = kind, .left = left, .right = right});
    }

    Ref add_text(usize length);
    Ref append(Ref list, Ref& last, Ref item);
    Ref remember(Ref candidate);

    // names.cpp
    Ref name();
    Ref nested_name();
    Ref prefix();
    Ref unqualified_name(Ref scope, Ref module = 0);
    Ref plain_name(Ref scope);
    Ref source_name();
    Ref tags(Ref tagged);
    Ref structured_binding();
    Ref module(Ref parent);
    Ref local_name();
    void discriminator();
    Ref lambda();
    Ref template_head();

    // symbols.cpp
    Ref symbol();
    Ref encoding();
    Ref special_name();
    Ref clones(Ref symbol);
    void call_offset(char kind);
    bool returns(Ref name) const;
    bool is_untyped(Ref name) const;

    // substitutions.cpp
    Ref substitution(bool before_structor);
    Ref template_parameter();
    Ref template_arguments();
    Ref template_argument();
    u32 number();
    u32 compact_number();

    // types.cpp
    Ref type();
    Ref type_behind(char letter, bool& candidate);
    Ref long_type(bool& candidate);
    Ref standard_type(bool& candidate);
    Ref parameter_type();
    Ref qualified_type();
    std::optional<Modifier> qualifier(Ref& operand);
    Ref qualifiers(Ref& innermost, bool of_function);
    Ref modified(Modifier modifier, Ref left, Ref right = 0);
    Ref function_type();
    Ref function_signature(bool returns);
    Ref type_list();
    Ref array_type();
    Ref vector_type();
    Ref wide_type(u8 code);

    // expressions.cpp
    Ref expression();
    Ref expression_list(char end);
    Ref primary();
    Ref braces(bool typed);
    Ref unresolved_name();
    Ref member_name();
    bool at_member_name() const;
    Ref function_parameter();
    Ref operation();
    Ref fold();
    Ref designated();
    Ref creation();
    Ref operator_name();
    Ref two(Ref first, Ref second);

    Tree& tree_;
    std::string_view rest_;
    Vector<Ref> substitutions_;
    unsigned depth_ = 0;
    bool in_conversion_ = false;
    std::optional<Errno> error_;
};

} // namespace demangle
