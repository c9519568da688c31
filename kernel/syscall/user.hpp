// What a handler gets in place of user pointers: copies already made, and cursors to copy through.
#pragma once

#include "kernel/arch/api/user_copy.hpp"
#include "kernel/mem/transfer.hpp"
#include "libs/base/vector.hpp"

#include <optional>
#include <type_traits>

namespace sys {

/// Fit to cross to user space: no hidden state, no padding that would leak kernel bytes.
template <class T>
concept AbiSafe = std::is_trivially_copyable_v<T> && std::is_standard_layout_v<T> &&
                  std::has_unique_object_representations_v<T>;

template <class T>
Result<T> copy_in(UserAddr from) {
    static_assert(AbiSafe<T>, "a padded or non-trivial struct may not cross to user space");
    T value;
    if (arch::copy_from_user(writable_object_bytes(value), from) != sizeof(T))
        return fail(Errno::efault);
    return value;
}

template <class T>
Result<void> copy_out(UserAddr to, T const& value) {
    static_assert(AbiSafe<T>, "a padded or non-trivial struct may not cross to user space");
    if (arch::copy_to_user(to, object_bytes(value)) != sizeof(T))
        return fail(Errno::efault);
    return {};
}

/// A struct that the program passed by address, copied once before the handler runs.
template <class T>
class In {
public:
    In() {}

    T const& operator*() const { return value_; }

    T const* operator->() const { return &value_; }

    T& storage() { return value_; }

private:
    T value_;
};

/// As In<T>, where a null address means "not given".
template <class T>
class OptionalIn {
public:
    OptionalIn() {}

    explicit operator bool() const { return given_; }

    T const& operator*() const { return value_; }

    T const* operator->() const { return &value_; }

    std::optional<T> optional() const { return given_ ? std::optional<T>(value_) : std::nullopt; }

    T& storage() {
        given_ = true;
        return value_;
    }

private:
    bool given_ = false;
    T value_;
};

/// Where a handler may write one T when it is ready; for optional or further results.
template <class T>
class Out {
public:
    Out() = default;

    explicit Out(UserAddr to) : to_(to) {}

    /// False for a null address, which many calls take as "not wanted".
    explicit operator bool() const { return to_ != UserAddr(); }

    UserAddr address() const { return to_; }

    Result<void> write(T const& value) const { return copy_out(to_, value); }

    /// For arguments that are read and written.
    Result<T> read() const { return copy_in<T>(to_); }

    Result<void> write_if_given(T const& value) const {
        return to_ == UserAddr() ? Result<void>() : write(value);
    }

private:
    UserAddr to_;
};

/// An array in user memory: address and element count in two arguments.
template <class T>
class UserArray {
public:
    UserArray() = default;

    UserArray(UserAddr start, usize count) : start_(start), count_(count) {}

    usize size() const { return count_; }

    UserAddr address() const { return start_; }

    Result<T> read(usize index) const { return copy_in<T>(start_ + index * sizeof(T)); }

    Result<void> write(usize index, T const& value) const {
        return copy_out(start_ + index * sizeof(T), value);
    }

private:
    UserAddr start_;
    usize count_ = 0;
};

/// Text up to and including a NUL, copied before the handler runs. `size` counts the NUL;
/// longer text is ENAMETOOLONG.
template <usize size>
class UserString {
public:
    UserString() {} // the buffer stays as it is until load()

    UserString(UserString const&) = delete;
    UserString& operator=(UserString const&) = delete;

    Result<void> load(UserAddr from) {
        length_ = TRY(arch::copy_string_from_user(text_, from));
        return {};
    }

    std::string_view view() const { return {text_, length_}; }

    operator std::string_view() const { return view(); }

private:
    char text_[size];
    usize length_ = 0;
};

using UserPath = UserString<4096>;

/// User memory that a call fills: address and size in two arguments.
class UserSink : public mem::Sink {
public:
    UserSink(UserAddr start, usize size) : mem::Sink(mem::UserRange{start, size}) {}
};

/// User memory that a call reads: address and size in two arguments.
class UserSource : public mem::Source {
public:
    UserSource(UserAddr start, usize size) : mem::Source(mem::UserRange{start, size}) {}
};

/// The pieces of readv and writev: address of an iovec array and its length in two arguments.
/// Copied and checked when a handler asks, since the descriptor comes first.
class IoVector {
public:
    static constexpr usize limit = 1024;

    IoVector() = default;

    IoVector(UserAddr start, usize count) : start_(start), count_(count) {}

    /// EINVAL for too many pieces or a total beyond what a result can hold; EFAULT.
    Result<Vector<mem::UserRange>> ranges() const;

private:
    UserAddr start_;
    usize count_ = 0;
};

} // namespace sys
