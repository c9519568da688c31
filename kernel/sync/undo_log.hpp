// UndoLog: the old values of words that a critical section changes, to put back after a bug in it.
#pragma once

#include "libs/base/address.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>

namespace ksync {

/// Up to eight bytes of anything. std::memcpy() is noexcept: where it is compiled into its caller,
/// a bug in it would skip the caller.
[[gnu::always_inline]] inline void copy_word(void* to, void const* from, usize size) {
    using Word [[gnu::may_alias, gnu::aligned(1)]] = u64;
    using Byte [[gnu::may_alias]] = u8;
    if (size == sizeof(Word))
        *static_cast<Word*>(to) = *static_cast<Word const*>(from);
    else
        for (usize i = 0; i < size; ++i)
            static_cast<Byte*>(to)[i] = static_cast<Byte const*>(from)[i];
}

/// A member of what a lock protects, which it calls in its begin_section() and recover():
///
///     void begin_section() { undo_.begin(); }
///     bool recover() { return undo_.roll_back(); }
///     ...
///     undo_.set(process.parent, &adopter);   // instead of process.parent = &adopter
///
/// A section that never touches it costs one store. What must not happen twice or cannot be undone
/// (giving back memory, waking somebody) comes after the last word that may be rolled back, or
/// outside the section. Words changed past the capacity are not remembered; then roll_back()
/// cannot vouch for the value and says so.
template <usize capacity>
class UndoLog {
public:
    constexpr UndoLog() noexcept(false) = default;

    void begin() { count_ = 0; }

    /// Before `word` is changed. Small, trivially copyable words that live until the section ends.
    template <class Word>
    void save(Word& word) {
        static_assert(std::is_trivially_copyable_v<Word>);
        save_bytes(word);
    }

    /// Of what changes by its own means: an Atomic, or a Ref whose reference only moves. A Ref that
    /// lives on the stack must outlive the guard.
    template <class Word>
    void save_bytes(Word& word) {
        static_assert(sizeof(Word) <= sizeof(u64));
        u64 old = 0;
        copy_word(&old, static_cast<void const*>(&word), sizeof word);
        save(&word, old, sizeof word);
    }

    /// The same for each word of a larger object.
    template <class Object>
    void save_words(Object& object) {
        static_assert(sizeof(Object) % sizeof(u64) == 0 && alignof(Object) == alignof(u64));
        // Safe because it is only copied.
        for (auto* word = reinterpret_cast<u64*>(&object);
             word != reinterpret_cast<u64*>(&object + 1); ++word)
            save_bytes(*word);
    }

    template <class Word, class Value = Word>
    void set(Word& word, Value&& value) {
        save(word);
        word = std::forward<Value>(value);
    }

    /// Exchanges two values as the bytes that they are: for owners and containers, which are as
    /// good in another place. Neither may end before the section does.
    template <class T>
    void swap(T& one, T& other) {
        auto* const a = reinterpret_cast<std::byte*>(&one); // Safe because bytes may alias all
        auto* const b = reinterpret_cast<std::byte*>(&other);
        for (usize at = 0; at < sizeof(T); at += sizeof(u64)) {
            usize const left = sizeof(T) - at;
            usize const size = left < sizeof(u64) ? left : sizeof(u64);
            u64 of_one = 0;
            u64 of_other = 0;
            copy_word(&of_one, a + at, size);
            copy_word(&of_other, b + at, size);
            save(a + at, of_one, size);
            save(b + at, of_other, size);
            copy_word(a + at, &of_other, size);
            copy_word(b + at, &of_one, size);
        }
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
    }

    /// Latest first. False when more was changed than is remembered.
    bool roll_back() {
        if (count_ > capacity)
            return false;
        while (count_ != 0) {
            Entry const& entry = entries_[count_ - 1];
            u64 const old = ~entry.old;
            copy_word(pointer_to<void>(VirtAddr(~entry.at)), &old, entry.size);
            --count_;
        }
        return true;
    }

private:
    void save(void* at, u64 old, usize size) {
        if (count_ < capacity)
            entries_[count_] = {~address_of(at).value(), ~old, size};
        __atomic_signal_fence(__ATOMIC_SEQ_CST); // whole before it counts
        ++count_;
        __atomic_signal_fence(__ATOMIC_SEQ_CST); // all this before the change
    }

    /// Both words inverted: a pointer that was overwritten long ago must not look like one that is
    /// still there (kernel/mem/census.hpp).
    struct Entry {
        u64 at;
        u64 old;
        usize size;
    };

    Entry entries_[capacity] = {}; // for what is constinit
    usize count_ = 0;
};

} // namespace ksync
