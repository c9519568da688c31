// Files: the names' side.
#include "user/os/file.hpp"

#include "user/os/path.hpp"
#include "user/os/status.hpp"

namespace os {

using core::call;
using core::Syscall;
using uapi::at_fdcwd;

Result<FileStatus> status(std::string_view path, Links links) {
    uapi::stat raw;
    TRY(succeeded(call(Syscall::newfstatat, at_fdcwd, CString(path).data(), &raw,
                       links == Links::follow ? 0 : uapi::at_symlink_nofollow)));
    return status_of(raw);
}

bool exists(std::string_view path) {
    return status(path).has_value();
}

Result<void> make_directory(std::string_view path, Mode mode) {
    return succeeded(call(Syscall::mkdirat, at_fdcwd, CString(path).data(), mode));
}

Result<void> make_directories(std::string_view path, Mode mode) {
    for (usize end = 0; end != path.npos;) {
        end = path.find('/', end + 1);
        auto const part = path.substr(0, end);
        auto const made = make_directory(part, mode);
        if (!made && made.error() == Errno::eexist) {
            auto const there = status(part);
            if (there && there->type == FileType::directory)
                continue;
            if (there && end != path.npos)
                return fail(Errno::enotdir);
        }
        TRY(made);
    }
    return {};
}

Result<void> remove(std::string_view path) {
    return succeeded(call(Syscall::unlinkat, at_fdcwd, CString(path).data(), 0));
}

Result<void> remove_directory(std::string_view path) {
    return succeeded(call(Syscall::unlinkat, at_fdcwd, CString(path).data(), uapi::at_removedir));
}

Result<void> rename(std::string_view from, std::string_view to) {
    return succeeded(
        call(Syscall::renameat2, at_fdcwd, CString(from).data(), at_fdcwd, CString(to).data(), 0));
}

Result<void> make_link(std::string_view existing, std::string_view path) {
    return succeeded(call(Syscall::linkat, at_fdcwd, CString(existing).data(), at_fdcwd,
                          CString(path).data(), 0));
}

Result<void> make_symbolic_link(std::string_view target, std::string_view path) {
    return succeeded(
        call(Syscall::symlinkat, CString(target).data(), at_fdcwd, CString(path).data()));
}

Result<String> read_link(std::string_view path) {
    char buffer[path_limit];
    usize const size = TRY(
        checked(call(Syscall::readlinkat, at_fdcwd, CString(path).data(), buffer, sizeof buffer)));
    return String({buffer, size});
}

Result<void> change_mode(std::string_view path, Mode mode) {
    return succeeded(call(Syscall::fchmodat, at_fdcwd, CString(path).data(), mode));
}

Result<void> change_owner(std::string_view path, Uid owner, Gid group, Links links) {
    return succeeded(call(Syscall::fchownat, at_fdcwd, CString(path).data(), owner, group,
                          links == Links::follow ? 0 : uapi::at_symlink_nofollow));
}

Mode set_creation_mask(Mode mask) noexcept {
    return Mode(static_cast<u32>(call(Syscall::umask, mask)));
}

} // namespace os
