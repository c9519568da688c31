// A sorted list of variables.
#include "libs/shell/variables.hpp"

#include <algorithm>

namespace shell {

usize Variables::index_of(std::string_view name) const {
    auto const* const found =
        std::lower_bound(variables_.begin(), variables_.end(), name,
                         [](Variable const& variable, std::string_view wanted) {
                             return variable.name.view() < wanted;
                         });
    return static_cast<usize>(found - variables_.begin());
}

Variable const* Variables::find(std::string_view name) const {
    usize const index = index_of(name);
    return index < variables_.size() && variables_[index].name == name ? &variables_[index]
                                                                       : nullptr;
}

Variable& Variables::at(std::string_view name) {
    usize const index = index_of(name);
    if (index == variables_.size() || variables_[index].name != name)
        variables_.insert(index, {.name = name});
    return variables_[index];
}

std::optional<String> Variables::value(std::string_view name) const {
    auto const* const variable = find(name);
    return variable != nullptr ? variable->value : std::nullopt;
}

bool Variables::assign(std::string_view name, std::string_view value) {
    String const kept = value; // it may be this variable's own
    Variable& variable = at(name);
    if (variable.read_only)
        return false;
    variable.value = kept;
    return true;
}

bool Variables::unset(std::string_view name) {
    usize const index = index_of(name);
    if (index == variables_.size() || variables_[index].name != name)
        return true;
    if (variables_[index].read_only)
        return false;
    variables_.erase(index);
    return true;
}

void Variables::set_exported(std::string_view name, bool exported) {
    at(name).exported = exported;
}

void Variables::set_read_only(std::string_view name) {
    at(name).read_only = true;
}

Vector<String> Variables::environment() const {
    Vector<String> result;
    for (auto const& variable : variables_) {
        if (!variable.exported || !variable.value)
            continue;
        String entry = variable.name;
        entry.push_back('=');
        entry.append(*variable.value);
        result.push_back(std::move(entry));
    }
    return result;
}

bool Variables::make_local(std::string_view name) {
    auto const* const now = find(name);
    if (now != nullptr && now->read_only)
        return false;
    saved_.push_back(now != nullptr ? *now : Variable{.name = name});
    return true;
}

void Variables::leave() {
    usize const mark = marks_.back();
    marks_.pop_back();
    while (saved_.size() > mark) {
        Variable const& before = saved_.back();
        if (before.value || before.exported)
            at(before.name) = before;
        else
            unset(before.name);
        saved_.pop_back();
    }
}

} // namespace shell
