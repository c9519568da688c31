// hostile: misbehaves in every way that a user program can. What it must not do is harm others.
#include "tests/hostile/hostile.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int count, char** words) {
    auto const is = [&](char const* word, int arguments) {
        return count == arguments + 2 && std::strcmp(words[1], word) == 0;
    };
    if (is("faults", 1))
        return hostile::faults(words[2]);
    if (is("pointers", 2))
        return hostile::pointers(static_cast<unsigned>(std::atoi(words[2])),
                                 static_cast<unsigned>(std::atoi(words[3])));
    if (is("bomb", 1))
        return hostile::bombs(words[2]);
    if (is("random", 2))
        return hostile::random_calls(std::strtoull(words[2], nullptr, 0),
                                     std::strtoull(words[3], nullptr, 0));
    std::fprintf(
        stderr,
        "usage: hostile faults privileged|apart|traps|memory | pointers PART PARTS | bomb NAME | "
        "random SEED CALLS\n");
    return 2;
}
