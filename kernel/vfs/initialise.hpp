// What kernel/init calls: the VFS at boot.
#pragma once

#include "kernel/vfs/context.hpp"
#include "libs/base/memory.hpp"

#include <expected>

namespace vfs {

/// The dentry cache, the kernel's own file system, /dev/mem-like devices that need no driver.
Result<void> initialise();

/// A tmpfs-like root from `type` ("tmpfs"; registered by then), with /dev, /dev/console (5:1) and
/// /root as Linux's built-in archive has them. The mount tree is the system's.
Result<Ref<MountTree>> mount_root(std::string_view type);

/// Unpacks an initial RAM file system (newc, plain or gzip) into the root.
struct UnpackFailure {
    char const* cause;
    u64 offset;
};

std::expected<void, UnpackFailure> unpack_initramfs(Ref<MountTree> mounts, ConstBytes image);

} // namespace vfs
