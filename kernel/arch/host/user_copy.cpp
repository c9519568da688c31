// User memory of the host machine: copies page by page through the active table, faulting like one.
#include "kernel/arch/api/user_copy.hpp"

#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/host/cpu_state.hpp"
#include "kernel/arch/host/physical.hpp"

#include <algorithm>

namespace host {

std::optional<arch::PageTable::Entry> find_translation(u64 root, UserAddr page,
                                                       arch::Access wanted);

namespace {

/// The bytes from `at` to the end of its page, once they may be accessed so; nullptr if they may
/// not.
std::byte* reach(UserAddr at, arch::Access wanted) {
    if (at >= arch::user_end)
        return nullptr;
    for (;;) {
        u64 const root = active_table();
        if (root != 0) {
            if (auto const entry = find_translation(root, at.page_down(), wanted)) {
                mark_used(root, at.page_down(), wanted == arch::Access::write);
                return arena().start + entry->frame.value() + at.page_offset();
            }
        }
        if (faults_off != 0 || !upcall::user_access_fault(at, wanted))
            return nullptr;
    }
}

/// Calls piece(memory, count, done) for each page of [at, at+size) until one cannot be had.
template <class Piece>
usize for_each_piece(UserAddr at, usize size, arch::Access wanted, Piece piece) {
    usize done = 0;
    while (done < size) {
        UserAddr const here = at + done;
        usize const count = std::min(size - done, page_size - here.page_offset());
        std::byte* const memory = here < at ? nullptr : reach(here, wanted);
        if (memory == nullptr)
            break;
        piece(memory, count, done);
        done += count;
    }
    return done;
}

} // namespace
} // namespace host

namespace arch {

usize copy_from_user(Bytes to, UserAddr from) {
    return host::for_each_piece(from, to.size(), Access::read,
                                [&](std::byte const* memory, usize count, usize done) {
                                    copy_bytes(to.subspan(done, count), {memory, count});
                                });
}

usize copy_to_user(UserAddr to, ConstBytes from) {
    return host::for_each_piece(to, from.size(), Access::write,
                                [&](std::byte* memory, usize count, usize done) {
                                    copy_bytes({memory, count}, from.subspan(done, count));
                                });
}

usize zero_user(UserAddr to, usize bytes) {
    return host::for_each_piece(
        to, bytes, Access::write,
        [](std::byte* memory, usize count, usize) { zero_bytes({memory, count}); });
}

Result<usize> copy_string_from_user(std::span<char> to, UserAddr from) {
    for (usize length = 0; length < to.size(); ++length) {
        std::byte* const memory = host::reach(from + length, Access::read);
        if (memory == nullptr)
            return fail(Errno::efault);
        to[length] = static_cast<char>(*memory);
        if (to[length] == '\0')
            return length;
    }
    return fail(Errno::enametoolong);
}

Result<u32> load_user(UserAddr at) {
    std::byte* const memory = host::reach(at, Access::read);
    if (memory == nullptr)
        return fail(host::faults_off != 0 ? Errno::eagain : Errno::efault);
    // Safe because callers pass aligned addresses, as futexes must be.
    return __atomic_load_n(reinterpret_cast<u32*>(memory), __ATOMIC_SEQ_CST);
}

Result<u32> compare_exchange_user(UserAddr at, u32 expected, u32 wanted) {
    std::byte* const memory = host::reach(at, Access::write);
    if (memory == nullptr)
        return fail(host::faults_off != 0 ? Errno::eagain : Errno::efault);
    // Safe as above.
    __atomic_compare_exchange_n(reinterpret_cast<u32*>(memory), &expected, wanted, false,
                                __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return expected; // what it held, in either case
}

FaultsOff::FaultsOff() {
    ++host::faults_off;
}

FaultsOff::~FaultsOff() {
    --host::faults_off;
}

} // namespace arch
