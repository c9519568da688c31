// The variables of a shell: values, what is exported, what is read only, what is local.
#pragma once

#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"

#include <optional>
#include <string_view>

namespace shell {

struct Variable {
    String name;
    std::optional<String> value;
    bool exported = false;
    bool read_only = false;
};

class Variables {
public:
    std::optional<String> value(std::string_view name) const;

    /// False if it is read only.
    bool assign(std::string_view name, std::string_view value);
    bool unset(std::string_view name);

    /// Also without a value: what it gets later is then exported, or never changes.
    void set_exported(std::string_view name, bool exported);
    void set_read_only(std::string_view name);
    Variable const* find(std::string_view name) const;

    /// All, sorted by name.
    Vector<Variable> const& all() const { return variables_; }

    /// "NAME=value" of what is exported, sorted.
    Vector<String> environment() const;

    /// Functions: what is made local between enter() and leave() is then as it was before.
    void enter() { marks_.push_back(saved_.size()); }

    void leave();

    bool in_function() const { return !marks_.empty(); }

    /// False if it is read only.
    bool make_local(std::string_view name);

private:
    usize index_of(std::string_view name) const;
    Variable& at(std::string_view name);

    Vector<Variable> variables_;
    Vector<Variable> saved_; ///< of the functions that run, as they were before
    Vector<usize> marks_;    ///< where in `saved_` each function begins
};

} // namespace shell
