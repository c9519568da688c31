// Places for files that no directory names: pipes, epoll, eventfd, sockets.
#pragma once

#include "kernel/vfs/mount.hpp"

namespace vfs {

/// A new inode of `kind` on the kernel's own file system; readlink of its descriptor shows
/// `prefix:[inode]`, or `prefix` alone when `numbered` is false ("anon_inode:[eventpoll]").
enum class Naming { numbered, plain };
Result<Place> create_anonymous(Kind kind, u32 permissions, std::string_view prefix, Naming naming,
                               Credentials const* owner = nullptr);

} // namespace vfs
