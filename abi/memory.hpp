// Flags of mmap(2) and its family, as on Linux x86-64.
#pragma once

#include <cstdint>

namespace uapi {

enum class Protection : std::uint64_t {
    read = 1,
    write = 2,
    execute = 4,
    semaphore = 8,
    grows_down = 0x01000000,
    grows_up = 0x02000000,
};

enum class Map : std::uint64_t {
    shared = 1,
    private_copy = 2, ///< shared and private_copy together: MAP_SHARED_VALIDATE
    fixed = 0x10,
    anonymous = 0x20,
    low_32bit = 0x40,
    grows_down = 0x100,
    deny_write = 0x800,
    executable = 0x1000,
    locked = 0x2000,
    no_reserve = 0x4000,
    populate = 0x8000,
    nonblocking = 0x10000,
    stack = 0x20000,
    huge_pages = 0x40000,
    sync = 0x80000,
    fixed_no_replace = 0x100000,
};

enum class Remap : std::uint64_t { may_move = 1, fixed = 2, dont_unmap = 4 };

enum class Msync : std::uint64_t { async = 1, invalidate = 2, sync = 4 };

enum class Advice : std::int32_t {
    normal = 0,
    random = 1,
    sequential = 2,
    will_need = 3,
    dont_need = 4,
    free = 8,
    remove = 9,
    dont_fork = 10,
    do_fork = 11,
    mergeable = 12,
    unmergeable = 13,
    huge_page = 14,
    no_huge_page = 15,
    dont_dump = 16,
    do_dump = 17,
    wipe_on_fork = 18,
    keep_on_fork = 19,
    cold = 20,
    page_out = 21,
    populate_read = 22,
    populate_write = 23,
};

} // namespace uapi
