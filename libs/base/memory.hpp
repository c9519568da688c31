// Bytes: copies and comparisons that are ordinary calls, so a fault in one unwinds its caller.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/base/types.hpp"

#include <cstring>
#include <span>
#include <string_view>

using Bytes = std::span<std::byte>;
using ConstBytes = std::span<std::byte const>;

/// Regions must not overlap. Copies min(from, to) bytes and returns how many.
usize copy_bytes(Bytes to, ConstBytes from);
void zero_bytes(Bytes to);

inline ConstBytes bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

inline std::string_view text_of(ConstBytes bytes) {
    // Safe because char may alias any byte.
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

/// The object representation of one value.
template <class T>
ConstBytes object_bytes(T const& value) {
    return std::as_bytes(std::span(&value, 1));
}

template <class T>
Bytes writable_object_bytes(T& value) {
    return std::as_writable_bytes(std::span(&value, 1));
}
