// The table that a failed store was to enter, and the destructor that it belongs to.
#include "kernel/task/destructors.hpp"

#include "libs/base/address.hpp"

namespace task {
namespace {

/// movq $table, (register): 48 or 49, c7, 0 to 7 but for 4 and 5, and the table's low half, with
/// sign (Intel SDM, volume 2, MOV). nullptr if it is another instruction.
VirtualTable const* table_entered_by(u64 instruction) {
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
    return stores && value >= page_size ? virtual_table_at(value) : nullptr;
}

} // namespace

Destructor unbegun_destructor(void const* object, u64 instruction) {
    VirtualTable const* const entered = table_entered_by(instruction);
    if (entered == nullptr || entered->to_top != 0)
        return nullptr;
    VirtualTable const* const now = virtual_table_at(*static_cast<u64 const*>(object));
    return now->to_top == 0 && begins_with(now->type, entered->type) ? entered->first : nullptr;
}

} // namespace task
