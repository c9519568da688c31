// Where paths start: root, working directory and umask; shared between threads (CLONE_FS).
#pragma once

#include "kernel/vfs/credentials.hpp"
#include "kernel/vfs/mount.hpp"

namespace vfs {

class FsContext : public RefCounted {
public:
    FsContext(Ref<MountTree> mounts, Place root, Place cwd, u32 umask);

    /// A copy of its own, for fork without CLONE_FS.
    Result<Ref<FsContext>> clone() const;

    MountTree& mounts() const { return *mounts_; }

    Place root() const;
    Place cwd() const;
    void set_root(Place root);
    void set_cwd(Place cwd);

    u32 umask() const { return umask_.load(); }

    /// Returns the old one.
    u32 set_umask(u32 mask) { return umask_.exchange(mask & 0777); }

private:
    struct Places {
        Places(Place top, Place working) : root(std::move(top)), cwd(std::move(working)) {}

        Place root, cwd;
    };

    Ref<MountTree> mounts_;
    mutable ksync::SpinLocked<Places, ksync::Rank::mounts> places_;
    Atomic<u32> umask_;
};

/// A snapshot of who acts and from where, taken once per system call.
struct Caller {
    Ref<Credentials const> credentials;
    Ref<MountTree> mounts;
    Place root;
    Place cwd;
    u32 umask = 022;

    Caller(Ref<Credentials const> who, FsContext const& context);
    /// root at the root of `mounts`, for the kernel itself.
    static Caller kernel(Ref<MountTree> mounts);

private:
    Caller() = default;
};

} // namespace vfs
