// memcpy and its relatives, against byte loops, for every small size and overlap.
#include "kernel/ktest/ktest.hpp"

#include <cstring>

namespace {

constexpr usize longest = 80;
u8 area[256];
u8 expected[256];

void fill() {
    for (usize i = 0; i < sizeof area; ++i)
        area[i] = expected[i] = static_cast<u8>(i * 37 + 11);
}

bool same() {
    for (usize i = 0; i < sizeof area; ++i)
        if (area[i] != expected[i])
            return false;
    return true;
}

} // namespace

KTEST(memmove_moves_at_every_size_and_distance) {
    for (usize size = 0; size <= longest; ++size)
        for (usize from = 60; from <= 100; from += 3)
            for (usize to = 60; to <= 100; ++to) {
                fill();
                u8 copy[longest];
                for (usize i = 0; i < size; ++i)
                    copy[i] = expected[from + i];
                for (usize i = 0; i < size; ++i)
                    expected[to + i] = copy[i];
                KCHECK(std::memmove(area + to, area + from, size) == area + to);
                KCHECK(same());
            }
}

KTEST(memcpy_and_memset_touch_exactly_their_bytes) {
    for (usize size = 0; size <= longest; ++size) {
        fill();
        for (usize i = 0; i < size; ++i)
            expected[150 + i] = expected[20 + i];
        KCHECK(std::memcpy(area + 150, area + 20, size) == area + 150);
        KCHECK(same());
        for (usize i = 0; i < size; ++i)
            expected[33 + i] = 0xa5;
        // NOLINTNEXTLINE(bugprone-suspicious-memset-usage): only the low byte may count
        KCHECK(std::memset(area + 33, 0x7a5, size) == area + 33);
        KCHECK(same());
    }
}

KTEST(memcmp_orders_by_the_first_difference) {
    for (usize size = 1; size <= 40; ++size)
        for (usize at = 0; at < size; ++at) {
            u8 a[40];
            u8 b[40];
            std::memset(a, 5, sizeof a);
            std::memset(b, 5, sizeof b);
            KCHECK(std::memcmp(a, b, size) == 0);
            b[at] = 200;
            if (at + 1 < size)
                b[at + 1] = 0; // must not matter
            KCHECK(std::memcmp(a, b, size) < 0);
            KCHECK(std::memcmp(b, a, size) > 0);
        }
}

KTEST(string_functions_stop_where_they_should) {
    KCHECK(std::strlen("") == 0);
    KCHECK(std::strlen("twelve bytes") == 12);
    KCHECK(std::memchr("abc", 'd', 3) == nullptr);
    char const* const text = "abcabc";
    KCHECK(std::memchr(text, 'c', 6) == text + 2);
    KCHECK(std::strcmp("abc", "abc") == 0);
    KCHECK(std::strcmp("abc", "abd") < 0);
    KCHECK(std::strcmp("abc", "ab") > 0);
}
