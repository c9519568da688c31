// Ref<T>: shared ownership by a count inside the object.
#pragma once

#include "libs/base/atomic.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/owned.hpp"
#include "libs/base/result.hpp"

#include <new>
#include <type_traits>
#include <utility>

/// Base of shared objects. Starts with one reference, which make_ref() hands out. The last release
/// deletes through the virtual destructor; a bug in that costs the task, and what the destructor
/// still had to do.
class RefCounted {
public:
    RefCounted() = default;
    RefCounted(RefCounted const&) = delete;
    RefCounted& operator=(RefCounted const&) = delete;
    virtual ~RefCounted() = default;

    void retain() const { count_.fetch_add(1, MemoryOrder::relaxed); }

    /// Out of line: there are thousands of callers.
    void release() const noexcept;

    /// One more reference unless the count has reached zero: for lookups in tables of weak
    /// pointers.
    bool retain_unless_dying() const {
        u32 seen = count_.load(MemoryOrder::relaxed);
        while (seen != 0)
            if (count_.compare_exchange(seen, seen + 1))
                return true;
        return false;
    }

    /// Takes back `lost` references whose owners are gone, all of which nobody will release.
    void release_lost(u32 lost) const noexcept {
        count_.fetch_sub(lost - 1, MemoryOrder::acq_rel);
        release();
    }

    u32 reference_count() const { return count_.load(MemoryOrder::relaxed); }

private:
    mutable Atomic<u32> count_{1};
};

/// Moves are not noexcept, so that whoever owns something while one meets a bug is unwound. The
/// reference has an owner at each instant: the new one is written before the old one is cleared,
/// and is none before its constructor has come to its end.
template <class T>
class Ref {
public:
    constexpr Ref() noexcept(false) = default;

    constexpr Ref(std::nullptr_t) {}

    /// Shares `object`, adding a reference. nullptr gives an empty Ref.
    static Ref share(T* object) {
        if (object != nullptr)
            object->retain();
        return adopt(object);
    }

    /// Takes over a reference that already exists.
    static constexpr Ref adopt(T* object) { return Ref(object, Adopted()); }

    constexpr Ref(Ref const& other) : object_(other.object_) {
        if (object_ != nullptr)
            object_->retain();
    }

    constexpr Ref(Ref&& other) : object_(other.object_) {
        owned::in_order();
        other.object_ = nullptr;
    }

    template <class U>
        requires std::is_convertible_v<U*, T*>
    constexpr Ref(Ref<U> const& other) : object_(other.raw()) {
        if (object_ != nullptr)
            object_->retain();
    }

    template <class U>
        requires std::is_convertible_v<U*, T*>
    constexpr Ref(Ref<U>&& other) : object_(other.raw()) {
        owned::in_order();
        static_cast<void>(other.leak());
    }

    constexpr Ref& operator=(Ref other) {
        exchange(other);
        return *this;
    }

    /// The two change places, which needs no count; a bug does it or does not.
    constexpr void exchange(Ref& other) { owned::swap(object_, other.object_); }

    [[gnu::always_inline]] constexpr ~Ref() {
        if (T* const object = owned::again([this] { return object_; }))
            object->release();
    }

    constexpr T& operator*() const { return *operator->(); }

    constexpr T* operator->() const {
        T* const object = owned::to_check(object_);
        if (object == nullptr) [[unlikely]]
            panic("empty Ref");
        return object;
    }

    constexpr T* raw() const { return object_; }

    /// Gives the reference away; the receiver must adopt() it.
    [[nodiscard]] constexpr T* leak() { return owned::exchange(object_, nullptr); }

    constexpr explicit operator bool() const { return object_ != nullptr; }

    friend constexpr bool operator==(Ref const& a, Ref const& b) { return a.object_ == b.object_; }

private:
    struct Adopted {};

    constexpr Ref(T* object, Adopted) {
        owned::give(object_, object, [](T* given) { given->release(); });
    }

    T* object_ = nullptr;
};

template <class T, class... Arguments>
Ref<T> make_ref(Arguments&&... arguments) {
    return Ref<T>::adopt(owned::make<T>(std::forward<Arguments>(arguments)...));
}

template <class T, class... Arguments>
Result<Ref<T>> try_make_ref(Arguments&&... arguments) {
    T* const object = owned::try_make<T>(std::forward<Arguments>(arguments)...);
    if (object == nullptr)
        return fail(Errno::enomem);
    return Ref<T>::adopt(object);
}
