// Binary search among sorted numbers that are read one at a time.
#pragma once

#include "libs/base/types.hpp"

/// How many of the first `count` numbers are at most `key`. `number(i)` reads one, sorted by i.
template <class Key, class Number>
constexpr usize count_up_to(usize count, Key key, Number number) {
    usize low = 0;
    usize high = count; // what is sought lies in [low, high]
    while (low < high) {
        usize const middle = low + (high - low) / 2;
        if (number(middle) <= key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
