// The one door to user memory.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/result.hpp"

namespace arch {

/// Each copies until done or until a page cannot be had, and returns how many bytes it copied.
/// Faults are resolved through upcall::user_access_fault(), which may sleep, unless a FaultsOff is
/// alive. Addresses outside the user half copy nothing.
usize copy_from_user(Bytes to, UserAddr from);
usize copy_to_user(UserAddr to, ConstBytes from);
usize zero_user(UserAddr to, usize bytes);
/// Copies up to and including a NUL. Returns the length without the NUL; EFAULT, or ENAMETOOLONG
/// when no NUL is within `to`.
Result<usize> copy_string_from_user(std::span<char> to, UserAddr from);

/// Word-sized atomic access, for futexes. EFAULT; EAGAIN when FaultsOff is alive and the page is
/// absent.
Result<u32> load_user(UserAddr at);
/// Stores `wanted` if the word holds `expected`; returns what it held.
Result<u32> compare_exchange_user(UserAddr at, u32 expected, u32 wanted);

/// While one is alive in a thread, a fault ends the copy at once instead of sleeping for a page.
class FaultsOff {
public:
    FaultsOff();
    FaultsOff(FaultsOff const&) = delete;
    FaultsOff& operator=(FaultsOff const&) = delete;
    ~FaultsOff();
};

} // namespace arch
