// Where the members of an image's structures are, by its DWARF: for reading its memory from
// outside.
#pragma once

#include "libs/dwarf/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// The types of one image. Damaged units are left out; damaged types have no members.
class Types {
public:
    /// `sections` must outlive this.
    explicit Types(dwarf::DebugSections const& sections);

    /// An entry of .debug_info.
    struct Type {
        std::uint32_t unit = 0;
        std::uint64_t offset = 0; ///< 0: void, or not known
    };

    struct Member {
        std::uint64_t offset = 0; ///< in bytes from the start of the structure
        Type type;
    };

    /// A structure by its whole name; namespaces without a name do not count: "task::Thread".
    std::optional<Type> find(std::string const& name) const;

    /// A member, also of a base.
    std::optional<Member> member(Type structure, std::string_view name) const;

    /// What a pointer, a reference or an array leads to.
    std::optional<Type> target(Type type) const;

    /// Bytes; 0 when the type has no size.
    std::uint64_t size(Type type) const;

    /// Elements of an array, of all its dimensions together; 0 when it is none.
    std::uint64_t count(Type array) const;

    /// The name of an enumerator; empty when there is none of this value.
    std::string enumerator(Type enumeration, std::uint64_t value) const;

private:
    /// Visits structures with their whole names, innermost last. `visit` says whether to go on.
    void for_each_structure(
        std::uint32_t unit,
        FunctionRef<bool(dwarf::Entry const& entry, std::string const& name)> visit) const;
    /// Without the names and qualifiers around it; whole where the unit only declares it.
    Type plain(Type type) const;
    Type whole(Type declaration) const;
    dwarf::Entry entry(Type type) const;
    Type type_of(Type at, dwarf::Entry const& entry) const;
    std::optional<Member> member(Type structure, std::string_view name, unsigned depth) const;
    std::uint64_t size(Type type, unsigned depth) const;

    std::vector<dwarf::Unit> units_;
    std::unordered_map<std::string, Type> structures_;
    mutable std::unordered_map<std::uint64_t, Type> wholes_; ///< by where they are declared
};
