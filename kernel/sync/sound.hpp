// Values that are sound whatever instruction of a change a bug stops: locks of them are never
// poisoned.
#pragma once

#include <utility>

namespace ksync {

/// Of a lock that only gives turns: what it orders has locks of its own, or changes by one store.
struct Turn {
    bool recover() { return true; }
};

/// Words that are right each by itself, whatever the others are.
template <class T>
struct Independent : T {
    constexpr Independent() = default;

    template <class... Arguments>
    constexpr explicit Independent(Arguments&&... arguments)
        : T(std::forward<Arguments>(arguments)...) {}

    using T::operator=;

    bool recover() { return true; }
};

} // namespace ksync
