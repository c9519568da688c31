// Times, devices, pipes with names.
#include "user/os/special.hpp"

#include "user/os/kernel_time.hpp"
#include "user/os/path.hpp"

namespace os {

using core::call;
using core::Syscall;

Result<void> make_special(std::string_view path, FileType type, Mode mode, u64 device) {
    return succeeded(call(Syscall::mknodat, uapi::at_fdcwd, CString(path).data(),
                          static_cast<u32>(type) << 12 | static_cast<u32>(mode), device));
}

Result<void> set_times(std::string_view path, Nanoseconds accessed, Nanoseconds modified,
                       Links links) {
    uapi::timespec const times[] = {kernel_time(accessed), kernel_time(modified)};
    return succeeded(call(Syscall::utimensat, uapi::at_fdcwd, CString(path).data(), times,
                          links == Links::follow ? 0 : uapi::at_symlink_nofollow));
}

} // namespace os
