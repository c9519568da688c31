// System calls from C++: core::call(Syscall::read, fd, pointer, size), inline.
#pragma once

#include "abi/syscalls.hpp"
#include "libs/base/types.hpp"

#include <type_traits>
#include <utility>

namespace core {

using uapi::Syscall;

namespace detail {

template <class T>
long word(T value) noexcept {
    if constexpr (std::is_same_v<T, std::nullptr_t>)
        return 0;
    else if constexpr (std::is_pointer_v<T>)
        // Safe because registers carry addresses as numbers.
        return reinterpret_cast<long>(value);
    else
        return static_cast<long>(value);
}

} // namespace detail

/// The kernel's answer: a value, or a negated errno. Up to six arguments: numbers, enums, pointers.
template <class... Arguments>
    requires(sizeof...(Arguments) <= 6)
[[gnu::always_inline]] inline long call(Syscall number, Arguments... arguments) noexcept {
    long const values[6] = {detail::word(arguments)...};
    long result = static_cast<long>(number);
    constexpr usize count = sizeof...(Arguments);
    // Safe because this is how the kernel is called: rcx and r11 are lost.
    if constexpr (count <= 3) {
        asm volatile("syscall"
                     : "+a"(result)
                     : "D"(values[0]), "S"(values[1]), "d"(values[2])
                     : "rcx", "r11", "memory");
    } else {
        register long r10 asm("r10") = values[3];
        register long r8 asm("r8") = values[4];
        register long r9 asm("r9") = values[5];
        asm volatile("syscall"
                     : "+a"(result)
                     : "D"(values[0]), "S"(values[1]), "d"(values[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    }
    return result;
}

/// Whether an answer is an error.
constexpr bool failed(long answer) noexcept {
    return static_cast<unsigned long>(answer) > -4096ul;
}

} // namespace core
