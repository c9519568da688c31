// How owners make and end heap objects, so that a bug in a constructor or destructor loses none.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/base/types.hpp"

#include <new>
#include <type_traits>
#include <utility>

namespace owned {

/// Enters an object into the word of its owner. Of one that a bug keeps out `end` lets go.
template <class T, class End>
[[gnu::always_inline]] constexpr void give(T*& word, T* object, End const& end) {
    struct Giver {
        T* object;
        End const& end;

        [[gnu::always_inline]] constexpr ~Giver() {
            if (object != nullptr)
                end(object);
        }
    } giver{object, end};

    word = giver.object;
    giver.object = nullptr;
}

/// A step that reads or writes the words of an owner, once more if a bug ends it: what an owner
/// cannot read is lost. Costs nothing as long as there is no bug, and not even a landing pad where
/// the owner lies on the stack.
template <class Step>
[[gnu::always_inline]] constexpr auto again(Step const& step) {
    try {
        return step();
    } catch (...) { // what only reads and writes throws nothing else
    }
    return step();
}

/// Memory for a T, from operator new. Given back unless release() was called.
///
/// `new T(...)` would do it for a constructor that may throw; of one that is noexcept the compiler
/// believes that nothing can go wrong.
template <class T>
class Memory {
public:
    explicit Memory(void* memory) : memory_(memory) {}

    Memory(Memory const&) = delete;
    Memory& operator=(Memory const&) = delete;

    ~Memory() { free(memory_); }

    void* raw() const { return memory_; }

    /// The object that was made here owns it now.
    void release() { memory_ = nullptr; }

    static void* allocate() {
        if constexpr (over_aligned)
            return ::operator new(sizeof(T), std::align_val_t(alignof(T)));
        else
            return ::operator new(sizeof(T));
    }

    static void* try_allocate() noexcept {
        if constexpr (over_aligned)
            return ::operator new(sizeof(T), std::align_val_t(alignof(T)), std::nothrow);
        else
            return ::operator new(sizeof(T), std::nothrow);
    }

    static void free(void* memory) noexcept {
        if constexpr (over_aligned)
            ::operator delete(memory, sizeof(T), std::align_val_t(alignof(T)));
        else
            ::operator delete(memory, sizeof(T));
    }

private:
    static constexpr bool over_aligned = alignof(T) > __STDCPP_DEFAULT_NEW_ALIGNMENT__;

    void* memory_;
};

/// What is written before comes before what is written after, also for a bug between the two: the
/// compiler would exchange stores to different places.
[[gnu::always_inline]] constexpr void in_order() {
    if (!std::is_constant_evaluated())
        __atomic_signal_fence(__ATOMIC_ACQ_REL);
}

/// What an owner has, to be checked. A check, too, can be wrong: the compiler must not conclude
/// from one that fails that the owner's destructor, which then runs, has nothing to end. So what is
/// checked is another value than the owner's word, for all that it knows.
template <class T>
[[gnu::always_inline]] inline constexpr T* to_check(T* object) {
    if (!std::is_constant_evaluated())
        asm("" : "+r"(object)); // Safe because it is no instruction.
    return object;
}

/// Makes `word` what it shall be and says what it was. std::exchange() is noexcept: the compiler
/// drops the landing pads of whoever it is compiled into.
template <class T, class Value = T>
[[gnu::always_inline]] constexpr T exchange(T& word, Value&& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    T const before = word;
    word = std::forward<Value>(value);
    return before;
}

/// Two owners' words change places. A bug does it or does not: what has begun is finished, as
/// otherwise both would own the same. std::swap() is noexcept.
template <class T>
[[gnu::always_inline]] constexpr void swap(T& one, T& other) {
    static_assert(std::is_trivially_copyable_v<T>);
    T const of_one = one;
    T const of_other = other;
    one = of_other;
    again([&] {
        other = of_one;
        return true;
    });
}

/// nullptr when there is no memory.
template <class T, class... Arguments>
T* construct(void* where, Arguments&&... arguments) {
    Memory<T> memory(where);
    if (where == nullptr)
        return nullptr;
    // Not noexcept, so that where this is compiled into its caller, so is the end of the memory,
    // whatever the constructor says of itself.
    auto const begin = [&] { return ::new (where) T(std::forward<Arguments>(arguments)...); };
    T* const object = begin();
    memory.release();
    return object;
}

/// Throws std::bad_alloc.
template <class T, class... Arguments>
T* make(Arguments&&... arguments) {
    return construct<T>(Memory<T>::allocate(), std::forward<Arguments>(arguments)...);
}

/// nullptr when there is no memory.
template <class T, class... Arguments>
T* try_make(Arguments&&... arguments) {
    return construct<T>(Memory<T>::try_allocate(), std::forward<Arguments>(arguments)...);
}

/// Deletes what make() or `new` made; not for arrays. A bug in the destructor costs the task, and
/// what the destructor still had to do, but not the memory.
template <class T>
void end(T* object) noexcept {
    if constexpr (std::is_trivially_destructible_v<T>) {
        delete object;
    } else if (object != nullptr) {
        void* memory = object;
        if constexpr (std::is_polymorphic_v<T>)
            memory = dynamic_cast<void*>(object);
        if (!survive([](void* ending) { delete static_cast<T*>(ending); }, object))
            ::operator delete(memory);
    }
}

/// Destroys an array's elements; a bug in one costs the task, but no other element.
template <class T>
void destroy(T* first, T* end) noexcept {
    if constexpr (!std::is_trivially_destructible_v<T>) {
        struct Rest {
            T* at;
            T* end;
        } rest{first, end};

        while (rest.at != rest.end)
            survive(
                [](void* argument) {
                    auto& left = *static_cast<Rest*>(argument);
                    while (left.at != left.end)
                        (left.at++)->~T();
                },
                &rest);
    }
}

} // namespace owned
