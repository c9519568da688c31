// The kernel's objects in a machine's memory, read by their names and types.
#include "runner/kernel_object.hpp"

#include "runner/failure.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace runner {
namespace {

constexpr std::uint64_t longest_text = 4096;

[[noreturn]] void unknown(std::string_view what) {
    throw Failure(fmt::format("the kernel's debug information does not say what {} is", what));
}

} // namespace

KernelObject KernelObject::at(Types const& types, dwarf::Memory const& memory,
                              std::uint64_t address, std::string const& structure) {
    auto const type = types.find(structure);
    if (!type)
        unknown(structure);
    return {types, memory, address, *type};
}

KernelObject KernelObject::operator[](std::string_view member) const {
    auto const found = types_->member(type_, member);
    if (!found)
        unknown(member);
    return {*types_, *memory_, address_ + found->offset, found->type};
}

KernelObject KernelObject::element(std::uint64_t index) const {
    auto const type = types_->target(type_);
    if (!type)
        unknown("an array");
    return {*types_, *memory_, address_ + index * types_->size(*type), *type};
}

KernelObject KernelObject::follow() const {
    auto const type = types_->target(type_);
    auto const address = dwarf::read_word(*memory_, address_);
    if (!type)
        unknown("a pointer");
    if (!address)
        throw Failure(fmt::format("the machine has no memory at {:x}", address_));
    return {*types_, *memory_, *address, *type};
}

KernelObject KernelObject::as(std::string const& structure) const {
    return at(*types_, *memory_, address_, structure);
}

std::uint64_t KernelObject::number() const {
    auto const size = types_->size(type_);
    if (size == 0 || size > 8)
        unknown("a number");
    auto const value = dwarf::read_word(*memory_, address_, size);
    if (!value)
        throw Failure(fmt::format("the machine has no memory at {:x}", address_));
    return *value;
}

std::string KernelObject::enumerator() const {
    return types_->enumerator(type_, number());
}

std::string KernelObject::text(std::uint64_t size) const {
    auto const from = types_->count(type_) != 0 ? address_ : follow().address_;
    std::string text(std::min(size, longest_text), '\0');
    if (!memory_->read(from, {reinterpret_cast<std::byte*>(text.data()), text.size()}))
        throw Failure(fmt::format("the machine has no memory at {:x}", from));
    return text;
}

} // namespace runner
