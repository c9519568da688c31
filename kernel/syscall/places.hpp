// Where the paths of system calls start, and what their flags mean for the walk.
#pragma once

#include "kernel/process/thread.hpp"
#include "kernel/syscall/call.hpp"
#include "kernel/vfs/walk.hpp"
#include "libs/base/annotations.hpp"

namespace sys {

/// Of an open that has no directory descriptor, or AT_FDCWD.
inline constexpr DirFd at_cwd{uapi::at_fdcwd};

/// Where a path starts: a place of the caller's snapshot, or that of an open file.
class Start {
public:
    explicit Start(vfs::Place const& place LIFETIME_BOUND) : place_(&place) {}

    explicit Start(Ref<vfs::File> file) : file_(std::move(file)), place_(&file_->place()) {}

    operator vfs::Place const&() const LIFETIME_BOUND { return *place_; }

private:
    Ref<vfs::File> file_;
    vfs::Place const* place_;
};

/// The directory a path is relative to. An absolute path does not look at `directory` at all.
/// EBADF; that it is a directory is the walk's business.
Result<vfs::Place> start_of(process::Thread& caller, DirFd directory, std::string_view path);
/// As above, for who has taken the snapshot of the caller already, without a copy.
Result<Start> start_of(process::Thread& caller, vfs::Caller const& who, DirFd directory,
                       std::string_view path);

/// The place that `path` names, by the flags of the *at calls: AT_SYMLINK_NOFOLLOW and
/// AT_EMPTY_PATH.
Result<vfs::Place> find_place(process::Thread& caller, DirFd directory, std::string_view path,
                              u32 flags);

/// EINVAL for bits outside `known`.
Result<void> check_at_flags(u32 flags, u32 known);

} // namespace sys
