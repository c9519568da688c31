// Objects at places of a file that are not to be trusted.
#pragma once

#include "libs/base/memory.hpp"

#include <cstring>
#include <optional>

namespace inspect {

/// `size` bytes at `offset`; nothing when the file ends before.
inline std::optional<ConstBytes> bytes_at(ConstBytes file, u64 offset, u64 size) {
    if (offset > file.size() || size > file.size() - offset)
        return std::nullopt;
    return file.subspan(offset, size);
}

template <class T>
std::optional<T> object_at(ConstBytes file, u64 offset) {
    auto const bytes = bytes_at(file, offset, sizeof(T));
    if (!bytes)
        return std::nullopt;
    T object;
    std::memcpy(&object, bytes->data(), sizeof object);
    return object;
}

} // namespace inspect
