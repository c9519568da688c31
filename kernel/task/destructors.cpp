// The table that a failed store was to enter, and the destructor that it belongs to.
#include "kernel/task/destructors.hpp"

#include "libs/base/address.hpp"

#include <cstddef>
#include <cxxabi.h>
#include <typeinfo>

namespace task {
namespace {

/// What a pointer to a table of virtual functions points into (Itanium C++ ABI, 2.5.2).
struct Table {
    i64 to_top; ///< from this part of the object to its beginning
    std::type_info const* type;
    Destructor destroy; ///< the first virtual function; the pointer points here
};

Table const* table_at(u64 address) {
    return pointer_to<Table const>(VirtAddr(address - offsetof(Table, destroy)));
}

/// movq $table, (register): 48 or 49, c7, 0 to 7 but for 4 and 5, and the table's low half, with
/// sign (Intel SDM, volume 2, MOV). nullptr if it is another instruction.
Table const* table_entered_by(u64 instruction) {
    struct [[gnu::packed]] Code {
        u8 prefix, operation, operands;
        i32 value;
    };

    if (instruction < page_size)
        return nullptr;
    Code const code = *pointer_to<Code const>(VirtAddr(instruction));
    bool const stores = (code.prefix & 0xfe) == 0x48 && code.operation == 0xc7 &&
                        code.operands < 8 && code.operands != 4 && code.operands != 5;
    auto const value = static_cast<u64>(i64{code.value});
    return stores && value >= page_size ? table_at(value) : nullptr;
}

/// Whether an object of this type begins with one of that type. Only where there is one base each.
bool begins_with(std::type_info const* type, std::type_info const* part) {
    while (type != part) {
        auto const* const derived = dynamic_cast<abi::__si_class_type_info const*>(type);
        if (derived == nullptr)
            return false;
        type = derived->__base_type;
    }
    return true;
}

} // namespace

Destructor unbegun_destructor(void const* object, u64 instruction) {
    Table const* const entered = table_entered_by(instruction);
    if (entered == nullptr)
        return nullptr;
    Table const* const now = table_at(*static_cast<u64 const*>(object));
    return now->to_top == 0 && begins_with(now->type, entered->type) ? entered->destroy : nullptr;
}

} // namespace task
