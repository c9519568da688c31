// The kernel's objects in a machine's memory, read by their names and types.
#pragma once

#include "libs/dwarf/reader.hpp"
#include "libs/symbols/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace runner {

/// An object of a known type. What cannot be read, or has no such member, throws Failure.
class KernelObject {
public:
    KernelObject(Types const& types, dwarf::Memory const& memory, std::uint64_t address,
                 Types::Type type)
        : types_(&types), memory_(&memory), address_(address), type_(type) {}

    /// An object of the structure of this name.
    static KernelObject at(Types const& types, dwarf::Memory const& memory, std::uint64_t address,
                           std::string const& structure);

    std::uint64_t address() const { return address_; }

    KernelObject operator[](std::string_view member) const;

    /// Of an array.
    KernelObject element(std::uint64_t index) const;

    std::uint64_t count() const { return types_->count(type_); }

    /// What a pointer or a reference leads to.
    KernelObject follow() const;

    /// The same object as what it is besides; for pointers to a base and to what is only declared.
    KernelObject as(std::string const& structure) const;

    /// A number, an enumerator or a pointer.
    std::uint64_t number() const;

    /// The name of the enumerator that it is.
    std::string enumerator() const;

    /// `size` characters of an array, or of what a pointer leads to.
    std::string text(std::uint64_t size) const;

private:
    Types const* types_;
    dwarf::Memory const* memory_;
    std::uint64_t address_;
    Types::Type type_;
};

} // namespace runner
