// How each kind of handler parameter is made of argument registers, and how tracing shows it.
#pragma once

#include "kernel/syscall/describe.hpp"
#include "kernel/syscall/user.hpp"
#include "libs/base/flags.hpp"
#include "libs/base/format.hpp"
#include "libs/base/id.hpp"

#include <type_traits>

namespace sys {

/// A directory descriptor or AT_FDCWD: not looked up before the path is read, as on Linux.
enum class DirFd : int {};

/// Whether unknown bits of a flag set are EINVAL or ignored. Specialise per enum.
enum class UnknownBits { refused, ignored };
template <class E>
inline constexpr UnknownBits unknown_bits = UnknownBits::refused;

namespace detail {

template <class>
inline constexpr bool never = false;

/// How parameter type P is made of `words` registers.
template <class P>
struct Parameter {
    static_assert(never<P>,
                  "a syscall parameter must be a value, In<T>, or a user cursor; never a pointer");
};

template <class P>
    requires std::integral<P> || std::is_enum_v<P>
struct Parameter<P> {
    static constexpr usize words = 1;
    static constexpr bool copies = false;
    P value;

    Result<void> load(u64 const* from) {
        value = static_cast<P>(*from); // registers are narrowed here and nowhere else
        return {};
    }

    P take() { return value; }

    static constexpr bool is_descriptor = std::is_same_v<P, Fd> || std::is_same_v<P, DirFd>;
    static constexpr Argument argument = {describe_value<P>, 1, false,
                                          is_descriptor ? Shape::descriptor : Shape::value};
};

template <>
struct Parameter<UserAddr> {
    static constexpr usize words = 1;
    static constexpr bool copies = false;
    UserAddr value;

    Result<void> load(u64 const* from) {
        value = UserAddr(*from);
        return {};
    }

    UserAddr take() { return value; }

    static constexpr Argument argument = {describe_address, 1, false, Shape::address};
};

template <class E>
struct Parameter<Flags<E>> {
    static constexpr usize words = 1;
    static constexpr bool copies = false;
    Flags<E> value;

    Result<void> load(u64 const* from) {
        value = Flags<E>::from_bits(static_cast<typename Flags<E>::Bits>(*from));
        if (!value.valid()) {
            if constexpr (unknown_bits<E> == UnknownBits::refused)
                return fail(Errno::einval);
            value =
                value & Flags<E>::from_bits(static_cast<typename Flags<E>::Bits>(valid_flags<E>));
        }
        return {};
    }

    Flags<E> take() { return value; }

    static constexpr Argument argument = {describe_flags<E>, 1, false};
};

template <class T>
struct Parameter<In<T>> {
    static_assert(AbiSafe<T>, "a padded or non-trivial struct may not cross to user space");
    static constexpr usize words = 1;
    static constexpr bool copies = true;
    In<T> value;

    Result<void> load(u64 const* from) {
        if (arch::copy_from_user(writable_object_bytes(value.storage()), UserAddr(*from)) !=
            sizeof(T))
            return fail(Errno::efault);
        return {};
    }

    In<T>& take() { return value; }

    static constexpr Argument argument = {describe_struct<T>, 1, false, Shape::structure,
                                          sizeof(T)};
};

template <class T>
struct Parameter<OptionalIn<T>> {
    static_assert(AbiSafe<T>, "a padded or non-trivial struct may not cross to user space");
    static constexpr usize words = 1;
    static constexpr bool copies = true;
    OptionalIn<T> value;

    Result<void> load(u64 const* from) {
        if (*from != 0 && arch::copy_from_user(writable_object_bytes(value.storage()),
                                               UserAddr(*from)) != sizeof(T))
            return fail(Errno::efault);
        return {};
    }

    OptionalIn<T>& take() { return value; }

    static constexpr Argument argument = {describe_struct<T>, 1, false, Shape::structure,
                                          sizeof(T)};
};

template <usize size>
struct Parameter<UserString<size>> {
    static constexpr usize words = 1;
    static constexpr bool copies = true;
    UserString<size> value;

    Result<void> load(u64 const* from) { return value.load(UserAddr(*from)); }

    UserString<size>& take() { return value; }

    static constexpr Argument argument = {describe_string, 1, false, Shape::string};
};

template <class T>
struct Parameter<Out<T>> {
    static_assert(AbiSafe<T>, "a padded or non-trivial struct may not cross to user space");
    static constexpr usize words = 1;
    static constexpr bool copies = false;
    Out<T> value;

    Result<void> load(u64 const* from) {
        value = Out<T>(UserAddr(*from));
        return {};
    }

    Out<T> take() { return value; }

    static constexpr Argument argument = {describe_struct<T>, 1, true, Shape::structure, sizeof(T)};
};

/// Cursors made from an (address, size) pair of arguments.
template <class P>
    requires std::same_as<P, UserSink> || std::same_as<P, UserSource> || std::same_as<P, IoVector>
struct Parameter<P> {
    static constexpr usize words = 2;
    static constexpr bool copies = false;
    UserAddr start;
    usize size = 0;

    Result<void> load(u64 const* from) {
        start = UserAddr(from[0]);
        size = from[1];
        return {};
    }

    P take() { return P(start, size); }

    static constexpr Argument argument =
        std::same_as<P, UserSource> ? Argument{describe_source, 2, false, Shape::bytes_in}
        : std::same_as<P, UserSink> ? Argument{describe_sink, 2, true, Shape::bytes_out}
                                    : Argument{describe_array, 2, false, Shape::array, 16};
};

template <class T>
struct Parameter<UserArray<T>> {
    static_assert(AbiSafe<T>, "a padded or non-trivial struct may not cross to user space");
    static constexpr usize words = 2;
    static constexpr bool copies = false;
    UserArray<T> value;

    Result<void> load(u64 const* from) {
        value = UserArray<T>(UserAddr(from[0]), from[1]);
        return {};
    }

    UserArray<T> take() { return value; }

    static constexpr Argument argument = {describe_array, 2, false, Shape::array, sizeof(T)};
};

} // namespace detail

} // namespace sys
