// Walks .debug_info once for the names of structures, and again for what is asked of one.
#include "libs/symbols/types.hpp"

#include <algorithm>

namespace {

constexpr unsigned most_hops = 16;  ///< of typedefs and qualifiers, and of bases
constexpr std::size_t deepest = 64; ///< scopes in each other

bool is_structure(dwarf::Entry const& entry) {
    return entry.tag == dwarf::tag_structure_type || entry.tag == dwarf::tag_class_type ||
           entry.tag == dwarf::tag_union_type;
}

} // namespace

Types::Types(dwarf::DebugSections const& sections) {
    for (std::uint64_t at = 0; at < sections.info.size();) {
        auto unit = dwarf::Unit::read(sections, at);
        if (!unit || unit->end() <= at)
            break;
        at = unit->end();
        units_.push_back(std::move(*unit));
        auto const number = static_cast<std::uint32_t>(units_.size() - 1);
        for_each_structure(number, [&](dwarf::Entry const& entry, std::string const& name) {
            if (!entry.declaration)
                structures_.try_emplace(name, Type{number, entry.offset});
            return true;
        });
    }
}

void Types::for_each_structure(
    std::uint32_t unit,
    FunctionRef<bool(dwarf::Entry const& entry, std::string const& name)> visit) const {
    std::vector<std::string> scopes; // whole names, outermost first
    auto walk = units_[unit].walk();
    while (walk.more()) {
        auto const one = walk.next();
        if (one.tag == dwarf::tag_end) {
            if (!scopes.empty())
                scopes.pop_back();
            continue;
        }
        bool const named = one.tag == dwarf::tag_namespace || is_structure(one);
        std::string name = scopes.empty() ? std::string() : scopes.back();
        if (auto const last = named ? units_[unit].text(one.name) : std::string_view();
            !last.empty()) {
            name += name.empty() ? "" : "::";
            name += last;
            if (is_structure(one) && !visit(one, name))
                return;
        }
        if (!one.has_children)
            continue;
        if (!named && one.tag != dwarf::tag_compile_unit && one.sibling)
            walk.skip_children(one);
        else if (scopes.size() == deepest)
            return;
        else
            scopes.push_back(std::move(name));
    }
}

std::optional<Types::Type> Types::find(std::string const& name) const {
    auto const found = structures_.find(name);
    return found == structures_.end() ? std::nullopt : std::optional(found->second);
}

dwarf::Entry Types::entry(Type type) const {
    return type.offset != 0 && type.unit < units_.size() ? units_[type.unit].entry_at(type.offset)
                                                         : dwarf::Entry{};
}

/// What the attribute says; it may lead into another unit.
Types::Type Types::type_of(Type at, dwarf::Entry const& entry) const {
    if (!entry.type)
        return {};
    auto const offset = entry.type.number;
    if (units_[at.unit].walk_from(offset).more())
        return {at.unit, offset};
    auto const unit = std::ranges::upper_bound(units_, offset, {}, &dwarf::Unit::end);
    return {static_cast<std::uint32_t>(unit - units_.begin()), offset};
}

Types::Type Types::plain(Type type) const {
    for (unsigned hop = 0; hop < most_hops; ++hop) {
        auto const one = entry(type);
        if (is_structure(one) && one.declaration)
            return whole(type);
        if (one.tag != dwarf::tag_typedef && one.tag != dwarf::tag_const_type &&
            one.tag != dwarf::tag_volatile_type)
            break;
        type = type_of(type, one);
    }
    return type;
}

/// GCC describes a class with virtual functions only where its table of them is, and declares it
/// elsewhere.
Types::Type Types::whole(Type declaration) const {
    auto const [known, is_new] = wholes_.try_emplace(declaration.offset, declaration);
    if (is_new)
        for_each_structure(declaration.unit,
                           [&](dwarf::Entry const& entry, std::string const& name) {
                               if (entry.offset != declaration.offset)
                                   return true;
                               known->second = find(name).value_or(declaration);
                               return false;
                           });
    return known->second;
}

std::optional<Types::Member> Types::member(Type structure, std::string_view name) const {
    return member(structure, name, 0);
}

std::optional<Types::Member> Types::member(Type structure, std::string_view name,
                                           unsigned depth) const {
    auto const at = plain(structure);
    auto const whole = entry(at);
    if (!is_structure(whole) || !whole.has_children || depth == most_hops)
        return std::nullopt;
    auto const& unit = units_[at.unit];
    std::vector<Member> bases;
    auto walk = unit.walk_from(at.offset);
    walk.next();
    for (int level = 0; walk.more() && level >= 0;) {
        auto const one = walk.next();
        if (one.tag == dwarf::tag_end) {
            --level;
            continue;
        }
        if (level == 0 && (one.tag == dwarf::tag_member || one.tag == dwarf::tag_inheritance)) {
            Member const found{one.member_location.number, type_of(at, one)};
            if (one.tag == dwarf::tag_inheritance)
                bases.push_back(found);
            else if (unit.text(one.name) == name)
                return found;
        }
        level += one.has_children;
    }
    for (auto const& base : bases)
        if (auto found = member(base.type, name, depth + 1)) {
            found->offset += base.offset;
            return found;
        }
    return std::nullopt;
}

std::optional<Types::Type> Types::target(Type type) const {
    auto const at = plain(type);
    auto const one = entry(at);
    if (one.tag != dwarf::tag_pointer_type && one.tag != dwarf::tag_reference_type &&
        one.tag != dwarf::tag_array_type)
        return std::nullopt;
    return type_of(at, one);
}

std::uint64_t Types::size(Type type) const {
    return size(type, 0);
}

std::uint64_t Types::size(Type type, unsigned depth) const {
    if (depth == most_hops)
        return 0;
    auto const at = plain(type);
    auto const one = entry(at);
    if (one.tag == dwarf::tag_array_type)
        return count(at) * size(type_of(at, one), depth + 1);
    if (one.tag == dwarf::tag_reference_type || one.tag == dwarf::tag_pointer_type)
        return 8; // Clang does not say it, and a reference as a member is a pointer
    return one.byte_size.number;
}

std::uint64_t Types::count(Type array) const {
    auto const at = plain(array);
    auto const whole = entry(at);
    if (whole.tag != dwarf::tag_array_type || !whole.has_children)
        return 0;
    std::uint64_t count = 1; // of all dimensions together
    auto walk = units_[at.unit].walk_from(at.offset);
    walk.next();
    while (walk.more()) {
        auto const range = walk.next();
        if (range.tag != dwarf::tag_subrange_type)
            break;
        if (range.count)
            count *= range.count.number;
        else
            count *= range.upper_bound ? range.upper_bound.number + 1 : 0;
    }
    return count;
}

std::string Types::enumerator(Type enumeration, std::uint64_t value) const {
    auto const at = plain(enumeration);
    if (entry(at).tag != dwarf::tag_enumeration_type)
        return {};
    auto const& unit = units_[at.unit];
    auto walk = unit.walk_from(at.offset);
    walk.next();
    while (walk.more()) {
        auto const one = walk.next();
        if (one.tag != dwarf::tag_enumerator)
            break;
        if (one.constant.number == value)
            return std::string(unit.text(one.name));
    }
    return {};
}
