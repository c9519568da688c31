// Remembers old values, and puts them back, the latest first.
#include "kernel/mem/undo_log.hpp"

#include "libs/base/address.hpp"
#include "libs/base/bug.hpp"

#include <cstring>

namespace mem {

// One function for each size, and none of them in its callers, which are long enough.

template <class T>
inline void UndoRecords::save(void const* place, usize capacity) {
    ensure(count_ < capacity, "a change is longer than its log");
    Record& record = records()[count_];
    record.place = ~address_of(place).value();
    record.size = sizeof(T);
    T old;
    std::memcpy(&old, place, sizeof old);
    record.old = ~u64{old};
    order();
    ++count_;
    order();
}

void UndoRecords::save_8(void const* place, usize capacity) {
    save<u64>(place, capacity);
}

void UndoRecords::save_4(void const* place, usize capacity) {
    save<u32>(place, capacity);
}

void UndoRecords::save_1(void const* place, usize capacity) {
    save<u8>(place, capacity);
}

void UndoRecords::undo_all() noexcept {
    while (count_ != 0) {
        Record const& last = records()[count_ - 1];
        u64 const old = ~last.old;
        std::memcpy(pointer_to<void>(VirtAddr(~last.place)), &old, last.size);
        --count_;
    }
}

} // namespace mem
