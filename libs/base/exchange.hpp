// owned::exchange(): std::exchange() for words that say who owns what.
#pragma once

#include <type_traits>
#include <utility>

namespace owned {

/// Makes `word` what it shall be and says what it was. std::exchange() is noexcept, and for what of
/// it faults the compiler drops the landing pads of whoever it is compiled into.
template <class T, class Value = T>
[[gnu::always_inline]] constexpr T exchange(T& word, Value&& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    T const before = word;
    word = std::forward<Value>(value);
    return before;
}

} // namespace owned
