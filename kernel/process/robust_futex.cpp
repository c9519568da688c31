// Robust mutexes: what a thread still holds when it ends is marked, so that others find out.
#include "kernel/arch/api/user_copy.hpp"
#include "kernel/process/futex.hpp"

namespace process {

namespace {

constexpr u32 longest_list = 2048; ///< a ring in user memory must not hold us

template <class T>
std::optional<T> read_user(UserAddr from) {
    T value;
    if (arch::copy_from_user(writable_object_bytes(value), from) != sizeof value)
        return std::nullopt;
    return value;
}

/// Sets FUTEX_OWNER_DIED if the thread owns the word, and wakes one waiter.
void abandon(Thread& self, UserAddr word) {
    if (word.value() % sizeof(u32) != 0)
        return;
    auto old = arch::load_user(word);
    while (old && (*old & uapi::futex_tid_mask) == static_cast<u32>(self.id())) {
        u32 const wanted = (*old & uapi::futex_waiters) | uapi::futex_owner_died;
        auto const found = arch::compare_exchange_user(word, *old, wanted);
        if (found && *found == *old) {
            if ((*old & uapi::futex_waiters) != 0)
                wake_futex(self, word, 1);
            return;
        }
        old = found;
    }
}

} // namespace

void release_robust_futexes(Thread& self) {
    auto const head_at = std::exchange(self.robust_list, UserAddr());
    if (head_at == UserAddr() || self.address_space() == nullptr)
        return;
    auto const head = read_user<uapi::RobustListHead>(head_at);
    if (!head)
        return;
    auto const word_of = [&](u64 entry) {
        return UserAddr((entry & ~u64{1}) + static_cast<u64>(head->futex_offset));
    };
    u64 entry = head->next;
    for (u32 i = 0; i < longest_list && (entry & ~u64{1}) != head_at.value(); ++i) {
        auto const next = read_user<u64>(UserAddr(entry & ~u64{1}));
        if ((entry & ~u64{1}) != (head->pending & ~u64{1}))
            abandon(self, word_of(entry));
        if (!next)
            return;
        entry = *next;
    }
    if (head->pending != 0)
        abandon(self, word_of(head->pending));
}

} // namespace process
