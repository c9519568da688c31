// Entry thunks: from a handler's C++ signature to six registers, checked when compiled.
//
//     Result<uapi::Stat> fstat(process::Thread& caller, Fd fd);      // the handler
//     {Syscall::fstat, entry<sys::fstat, To<1>>}                     // its row
//
// A parameter is a value, an id, Flags<E>, In<T> (already copied), UserString<N>, or a cursor.
// The first may be Call& or process::Thread&. A struct is returned by value and goes through the
// pointer in argument n of To<n>.
#pragma once

#include "kernel/arch/api/user_registers.hpp"
#include "kernel/syscall/describe.hpp"
#include "kernel/syscall/user.hpp"
#include "libs/base/flags.hpp"
#include "libs/base/format.hpp"
#include "libs/base/id.hpp"

#include <tuple>
#include <type_traits>

namespace process {
class Thread;
}

namespace sys {

/// One system call in progress.
struct Call {
    process::Thread& thread;
    arch::UserRegisters& registers;
};

/// A directory descriptor or AT_FDCWD: not looked up before the path is read, as on Linux.
enum class DirFd : int {};

/// Whether unknown bits of a flag set are EINVAL or ignored. Specialise per enum.
enum class UnknownBits { refused, ignored };
template <class E>
inline constexpr UnknownBits unknown_bits = UnknownBits::refused;

/// EBADF unless the caller has this descriptor.
Result<void> check_descriptor(process::Thread& thread, Fd fd);

// Row options.

/// The result goes through the pointer in argument `n`; the call then returns 0 (or what a
/// committed result says).
template <usize n>
struct To {};

/// As To<n>, but a null pointer means "not wanted".
template <usize n>
struct ToIfGiven {};

/// Memory arguments are copied before the descriptor is looked up (EFAULT before EBADF).
struct MemoryFirst {};

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

    static constexpr Argument argument = {describe_value<P>, 1, false};
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

    static constexpr Argument argument = {describe_address, 1, false};
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

    static constexpr Argument argument = {describe_struct<T>, 1, false};
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

    static constexpr Argument argument = {describe_struct<T>, 1, false};
};

template <usize size>
struct Parameter<UserString<size>> {
    static constexpr usize words = 1;
    static constexpr bool copies = true;
    UserString<size> value;

    Result<void> load(u64 const* from) { return value.load(UserAddr(*from)); }

    UserString<size>& take() { return value; }

    static constexpr Argument argument = {describe_string, 1, false};
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

    static constexpr Argument argument = {describe_struct<T>, 1, true};
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

    static constexpr Argument argument = {std::same_as<P, UserSource> ? describe_source
                                          : std::same_as<P, UserSink> ? describe_sink
                                                                      : describe_array,
                                          2, std::same_as<P, UserSink>};
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

    static constexpr Argument argument = {describe_array, 2, false};
};

/// What the row's options say together.
template <class... Options>
struct Choice {
    static constexpr bool has_target = false;
    static constexpr bool memory_first = false;
};

template <usize n, class... Rest>
struct Choice<To<n>, Rest...> : Choice<Rest...> {
    static constexpr bool has_target = true;
    static constexpr usize target = n;
    static constexpr bool target_may_be_null = false;
};

template <usize n, class... Rest>
struct Choice<ToIfGiven<n>, Rest...> : Choice<Rest...> {
    static constexpr bool has_target = true;
    static constexpr usize target = n;
    static constexpr bool target_may_be_null = true;
};

template <class... Rest>
struct Choice<MemoryFirst, Rest...> : Choice<Rest...> {
    static constexpr bool memory_first = true;
};

template <class T>
struct ResultValue {
    using type = T;
};

template <class T>
struct ResultValue<Result<T>> {
    using type = T;
};

/// A result that owns something until the copy-out has succeeded: `commit()` gives the number that
/// the call returns, `abi()` (only with To<n>) what is copied out.
template <class T>
concept Committed = requires(T& value) { value.commit(); };

/// From a handler's value to what the register gets.
template <class Options, class T>
Result<i64> deliver(arch::UserRegisters const& registers, T& value) {
    if constexpr (Options::has_target) {
        UserAddr const to(registers.argument(Options::target));
        if (!(Options::target_may_be_null && to == UserAddr())) {
            if constexpr (Committed<T>)
                TRY(copy_out(to, value.abi()));
            else {
                static_assert(AbiSafe<T>, "a padded or non-trivial struct may not cross to user "
                                          "space");
                TRY(copy_out(to, value));
            }
        }
        if constexpr (Committed<T>)
            return static_cast<i64>(value.commit());
        return 0;
    } else if constexpr (Committed<T>)
        return static_cast<i64>(value.commit());
    else if constexpr (std::same_as<T, UserAddr>)
        return static_cast<i64>(value.value());
    else {
        static_assert(std::integral<T> || std::is_enum_v<T>,
                      "a syscall that returns a struct needs To<n>: where does it go?");
        return static_cast<i64>(value);
    }
}

template <class Options, class R>
Result<i64> finish(arch::UserRegisters const& registers, R&& result) {
    if constexpr (std::same_as<R, Result<void>>) {
        if (!result)
            return std::unexpected<Error>(result.error());
        return 0;
    } else if constexpr (!std::same_as<typename ResultValue<R>::type, R>) {
        if (!result)
            return std::unexpected<Error>(result.error());
        return deliver<Options>(registers, *result);
    } else
        return deliver<Options>(registers, result);
}

/// The leading parameter that is not an argument of the program.
template <class... P>
struct Context {
    static constexpr bool present = false;
};

template <class... Rest>
struct Context<Call&, Rest...> {
    static constexpr bool present = true;

    static Call& of(Call& call) { return call; }
};

template <class... Rest>
struct Context<process::Thread&, Rest...> {
    static constexpr bool present = true;

    static process::Thread& of(Call& call) { return call.thread; }
};

template <class Options, class R, class... P>
struct Entered {
    using Holders = std::tuple<Parameter<std::remove_cvref_t<P>>...>;
    static constexpr usize count = sizeof...(P);
    static constexpr bool copies = (Parameter<std::remove_cvref_t<P>>::copies || ... || false);
    static constexpr usize words = (Parameter<std::remove_cvref_t<P>>::words + ... + 0);
    static_assert(words <= 6, "a system call has at most six argument registers");

    /// Register index at which each parameter starts.
    static constexpr auto starts = [] {
        std::array<usize, count + 1> result{};
        [[maybe_unused]] usize index = 0;
        [[maybe_unused]] usize at = 0;
        ((result[index++] = at, at += Parameter<std::remove_cvref_t<P>>::words), ...);
        return result;
    }();

    template <class Invoke, usize... I>
    static Result<i64> run(Call& call, Invoke invoke, std::index_sequence<I...>) {
        u64 const registers[6] = {call.registers.argument(0), call.registers.argument(1),
                                  call.registers.argument(2), call.registers.argument(3),
                                  call.registers.argument(4), call.registers.argument(5)};
        Holders holders;
        Result<void> loaded;
        if constexpr (copies && !Options::memory_first)
            static_cast<void>(
                ((loaded = check<std::remove_cvref_t<P>>(call, registers[starts[I]])) && ...));
        if (!loaded)
            return std::unexpected<Error>(loaded.error());
        static_cast<void>(
            ((loaded = std::get<I>(holders).load(registers + starts[I])) && ... && true));
        if (!loaded)
            return std::unexpected<Error>(loaded.error());
        if constexpr (std::is_void_v<R>) {
            invoke(std::get<I>(holders).take()...);
            return 0;
        } else
            return finish<Options, R>(call.registers, invoke(std::get<I>(holders).take()...));
    }

    template <class Plain>
    static Result<void> check(Call& call, u64 word) {
        if constexpr (std::same_as<Plain, Fd>)
            return check_descriptor(call.thread, static_cast<Fd>(word));
        else
            return {};
    }

    static constexpr Arguments arguments = [] {
        Arguments list{};
        ((list.items[list.count++] = Parameter<std::remove_cvref_t<P>>::argument), ...);
        return list;
    }();
};

template <auto handler, class Options, class Signature>
struct Thunk;

template <auto handler, class Options, class R, class... P>
struct Thunk<handler, Options, R (*)(P...)> {
    using Body = Entered<Options, R, P...>;
    static constexpr Arguments arguments = Body::arguments;

    static Result<i64> enter(Call& call) {
        return Body::run(
            call,
            [](auto&&... values) -> R {
                return handler(std::forward<decltype(values)>(values)...);
            },
            std::index_sequence_for<P...>());
    }
};

template <auto handler, class Options, class R, class First, class... P>
    requires(Context<First>::present)
struct Thunk<handler, Options, R (*)(First, P...)> {
    using Body = Entered<Options, R, P...>;
    static constexpr Arguments arguments = Body::arguments;

    static Result<i64> enter(Call& call) {
        return Body::run(
            call,
            [&call](auto&&... values) -> R {
                return handler(Context<First>::of(call), std::forward<decltype(values)>(values)...);
            },
            std::index_sequence_for<P...>());
    }
};

} // namespace detail

/// What a row needs to know of its handler.
struct Entry {
    Result<i64> (*enter)(Call&) = nullptr;
    Arguments arguments;
};

template <auto handler, class... Options>
inline constexpr Entry entry = {
    detail::Thunk<handler, detail::Choice<Options...>, decltype(handler)>::enter,
    detail::Thunk<handler, detail::Choice<Options...>, decltype(handler)>::arguments};

} // namespace sys
