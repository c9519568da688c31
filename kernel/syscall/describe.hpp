// How tracing prints an argument, chosen by the handler's parameter type.
#pragma once

#include "libs/base/flags.hpp"
#include "libs/base/format.hpp"
#include "libs/base/id.hpp"

#include <array>
#include <type_traits>

namespace sys {

/// What is known when an argument is printed.
struct Described {
    u64 const* words; ///< the argument's registers
    i64 result;       ///< of the call; only for arguments printed after it
};

/// What an argument's registers hold, for documents and the fuzzer.
enum class Shape : u8 { value, descriptor, address, string, bytes_in, bytes_out, array, structure };

/// One argument of a row.
struct Argument {
    void (*describe)(TextSink&, Described const&) = nullptr;
    u8 words = 0;
    bool after = false; ///< filled by the call: printed when it has returned
    Shape shape = Shape::value;
    u16 size = 0; ///< bytes of a structure or of an array's element
};

struct Arguments {
    std::array<Argument, 6> items{};
    u8 count = 0;
};

/// Names of an enum's bits for tracing; specialise `flag_names<E>` with an array of these.
struct FlagName {
    u64 bits;
    char const* name;
};

template <class E>
inline constexpr FlagName flag_names[1] = {{0, nullptr}};

void describe_signed(TextSink& sink, i64 value);
void describe_unsigned(TextSink& sink, u64 value);
void describe_bits(TextSink& sink, u64 bits, FlagName const* names, usize count);
void describe_fd(TextSink& sink, int fd);
void describe_directory(TextSink& sink, int fd);

void describe_address(TextSink& sink, Described const& argument);
void describe_string(TextSink& sink, Described const& argument);
void describe_source(TextSink& sink, Described const& argument);
void describe_sink(TextSink& sink, Described const& argument);
void describe_array(TextSink& sink, Described const& argument);

enum class DirFd : int;

/// Prints values whose type has `describe(TextSink&, T)` by that (signals, clocks, ...).
template <class P>
void describe_value(TextSink& sink, Described const& argument) {
    P const value = static_cast<P>(*argument.words);
    if constexpr (requires { describe(sink, value); })
        describe(sink, value);
    else if constexpr (std::is_same_v<P, Fd>)
        describe_fd(sink, static_cast<int>(value));
    else if constexpr (std::is_same_v<P, DirFd>)
        describe_directory(sink, static_cast<int>(value));
    else if constexpr (std::is_enum_v<P>) {
        if constexpr (std::is_signed_v<std::underlying_type_t<P>>)
            describe_signed(sink, static_cast<i64>(value));
        else
            describe_unsigned(sink, static_cast<u64>(value));
    } else if constexpr (std::is_signed_v<P>)
        describe_signed(sink, value);
    else
        describe_unsigned(sink, value);
}

template <class E>
void describe_flags(TextSink& sink, Described const& argument) {
    auto const bits = static_cast<typename Flags<E>::Bits>(*argument.words);
    describe_bits(sink, static_cast<u64>(bits), flag_names<E>, std::size(flag_names<E>));
}

template <class T>
void describe_struct(TextSink& sink, Described const& argument) {
    describe_address(sink, argument);
}

} // namespace sys
