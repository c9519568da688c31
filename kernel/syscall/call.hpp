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
#include "kernel/syscall/parameter.hpp"

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
