// Fuzzes the files of /proc: names of processes are whatever somebody likes.
#include "libs/base/memory.hpp"
#include "libs/procstat/procstat.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    auto const text = text_of(std::as_bytes(std::span(data, size)));
    (void)procstat::parse_process(text);
    (void)procstat::parse_load(text);
    (void)procstat::parse_memory(text);
    (void)procstat::parse_cpus(text);
    for (char const character : procstat::printable(text).view())
        if (static_cast<u8>(character) < ' ' || character == '\177')
            std::abort();
    return 0;
}
