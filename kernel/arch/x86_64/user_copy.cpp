// The one door to user memory: bounds first, then the assembly of user_copy.S.
#include "kernel/arch/api/user_copy.hpp"

#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace arch {

extern "C" {
u64 user_copy(void* to, void const* from, u64 bytes);
u64 user_zero(void* to, u64 bytes);
bool user_load_word(u32 const* at, u32* into);
bool user_exchange_word(u32* at, u32* expected, u32 wanted);
}

namespace {

/// How many of `bytes` from `at` lie in the user half.
usize within_user_half(UserAddr at, usize bytes) {
    return at >= user_end ? 0 : std::min<u64>(bytes, user_end - at);
}

/// Safe because only user_copy.S follows it, and there a fault has a fixup.
template <class T>
T* user_pointer(UserAddr at) {
    return reinterpret_cast<T*>(at.value());
}

Errno why_it_failed() {
    return current_context().faults_off != 0 ? Errno::eagain : Errno::efault;
}

/// The bytes before the first NUL; all when there is none. Looks at eight at a time.
usize length_within(std::span<char const> text) {
    constexpr u64 ones = 0x0101'0101'0101'0101;
    usize i = 0;
    for (; i + sizeof(u64) <= text.size(); i += sizeof(u64)) {
        u64 word;
        std::memcpy(&word, text.data() + i, sizeof word);
        // The lowest bit that is set stands in the first byte that is zero.
        if (u64 const zeros = (word - ones) & ~word & (ones << 7); zeros != 0)
            return i + static_cast<usize>(std::countr_zero(zeros)) / 8;
    }
    while (i < text.size() && text[i] != '\0')
        ++i;
    return i;
}

bool is_word(UserAddr at) {
    return at.value() % sizeof(u32) == 0 && within_user_half(at, sizeof(u32)) == sizeof(u32);
}

} // namespace

usize copy_from_user(Bytes to, UserAddr from) {
    usize const count = within_user_half(from, to.size());
    return count - user_copy(to.data(), user_pointer<void>(from), count);
}

usize copy_to_user(UserAddr to, ConstBytes from) {
    usize const count = within_user_half(to, from.size());
    return count - user_copy(user_pointer<void>(to), from.data(), count);
}

usize zero_user(UserAddr to, usize bytes) {
    usize const count = within_user_half(to, bytes);
    return count - user_zero(user_pointer<void>(to), count);
}

Result<usize> copy_string_from_user(std::span<char> to, UserAddr from) {
    // In pieces that stay within a page: the one behind the NUL need not exist. Most strings are
    // short, so the first is small.
    usize piece = 64;
    for (usize done = 0; done < to.size(); piece = 512) {
        auto const at = from + done;
        usize const wanted =
            std::min({piece, to.size() - done, static_cast<usize>(page_size - at.page_offset())});
        auto const part = to.subspan(done, wanted);
        usize const copied = copy_from_user(std::as_writable_bytes(part), at);
        if (usize const length = length_within(part.first(copied)); length != copied)
            return done + length;
        if (copied < wanted)
            return fail(why_it_failed());
        done += copied;
    }
    return fail(Errno::enametoolong);
}

Result<u32> load_user(UserAddr at) {
    u32 value = 0;
    if (!is_word(at))
        return fail(Errno::efault);
    if (!user_load_word(user_pointer<u32>(at), &value))
        return fail(why_it_failed());
    return value;
}

Result<u32> compare_exchange_user(UserAddr at, u32 expected, u32 wanted) {
    if (!is_word(at))
        return fail(Errno::efault);
    if (!user_exchange_word(user_pointer<u32>(at), &expected, wanted))
        return fail(why_it_failed());
    return expected;
}

FaultsOff::FaultsOff() {
    ++current_context().faults_off;
}

FaultsOff::~FaultsOff() {
    --current_context().faults_off;
}

} // namespace arch
