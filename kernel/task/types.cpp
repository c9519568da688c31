// Types of objects by their tables of virtual functions.
#include "kernel/task/types.hpp"

#include "kernel/arch/api/references.hpp"

#include <cstddef>
#include <cxxabi.h>

namespace task {
namespace {

struct Alone {
    virtual ~Alone() = default;
};

struct OnAnother : Alone {};

struct OnTwo : Alone, RefCounted {};

/// The compiler describes each class by one of three classes.
bool is_class(std::type_info const& type) {
    auto const table_of = [](std::type_info const& one) {
        return *pointer_to<u64 const>(address_of(&one));
    };
    for (auto const* const known : {&typeid(Alone), &typeid(OnAnother), &typeid(OnTwo)})
        if (table_of(type) == table_of(*known))
            return true;
    return false;
}

} // namespace

VirtualTable const* virtual_table_at(u64 address) {
    return pointer_to<VirtualTable const>(VirtAddr(address - offsetof(VirtualTable, first)));
}

bool begins_with(std::type_info const* type, std::type_info const* part) {
    while (type != part) {
        if (auto const* const one = dynamic_cast<abi::__si_class_type_info const*>(type)) {
            type = one->__base_type;
            continue;
        }
        auto const* const several = dynamic_cast<abi::__vmi_class_type_info const*>(type);
        if (several == nullptr)
            return false;
        std::type_info const* first = nullptr;
        for (unsigned i = 0; i < several->__base_count; ++i)
            if (auto const& base = several->__base_info[i];
                !base.__is_virtual_p() && base.__offset() == 0)
                first = base.__base_type;
        if (first == nullptr)
            return false;
        type = first;
    }
    return true;
}

RefCounted* shared_object_at(void* memory) noexcept {
    u64 const word = *static_cast<u64 const*>(memory);
    auto const is_constant = [](u64 address) {
        return address % sizeof(u64) == 0 && arch::is_constant(VirtAddr(address));
    };
    if (!is_constant(word) || !is_constant(word - offsetof(VirtualTable, first)))
        return nullptr;
    auto const* const table = virtual_table_at(word);
    // Only an address until it proves to be a type's.
    if (table->to_top != 0 || !is_constant(address_of(table->type).value()) ||
        !is_class(*table->type) || !begins_with(table->type, &typeid(RefCounted)))
        return nullptr;
    return static_cast<RefCounted*>(memory);
}

} // namespace task
