// Sums of pages, and their exclusive or.
#include "libs/parity/parity.hpp"

namespace parity {
namespace {

// Plain pointers, since this runs while a bug is looked at: nothing in it may throw.
u64 sum_of(u64 const* words) noexcept {
    u64 sum = 0;
    for (usize i = 0; i < page_words; ++i)
        sum += words[i];
    return sum;
}

} // namespace

bool Parity::learn(std::span<u64 const> memory) noexcept {
    usize const pages = memory.size() / page_words;
    if (pages > most_pages)
        return false;
    for (auto& words : together_)
        for (u64& word : words)
            word = 0;
    for (usize page = 0; page < pages; ++page) {
        u64 const* const words = memory.data() + page * page_words;
        u64* const together = together_[page % groups];
        u64 sum = 0;
        for (usize i = 0; i < page_words; ++i) {
            sum += words[i];
            together[i] ^= words[i];
        }
        sums_[page] = sum;
    }
    return true;
}

void Parity::mend(std::span<u64 const> memory, FunctionRef<void(usize, u64)> put) const noexcept {
    usize const pages = memory.size() / page_words;
    usize changed[groups] = {nowhere, nowhere};
    bool known[groups] = {true, true};
    for (usize page = 0; page < pages; ++page) {
        if (sum_of(memory.data() + page * page_words) == sums_[page])
            continue;
        known[page % groups] = changed[page % groups] == nowhere;
        changed[page % groups] = page;
    }
    for (usize group = 0; group < groups; ++group)
        if (changed[group] != nowhere && known[group])
            mend_page(memory, changed[group], put);
}

void Parity::mend_page(std::span<u64 const> memory, usize page,
                       FunctionRef<void(usize, u64)> put) const noexcept {
    usize const pages = memory.size() / page_words;
    for (usize i = 0; i < page_words; ++i) {
        u64 right = together_[page % groups][i];
        for (usize other = page % groups; other < pages; other += groups)
            if (other != page)
                right ^= memory.data()[other * page_words + i];
        if (right != memory.data()[page * page_words + i])
            put(page * page_words + i, right);
    }
}

} // namespace parity
