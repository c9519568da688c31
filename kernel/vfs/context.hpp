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

    struct Places {
        Places(Place top, Place working) : root(std::move(top)), cwd(std::move(working)) {}

        Place root, cwd;
    };

    Places places() const { return *places_.lock(); }

    Place root() const { return places_.lock()->root; }

    Place cwd() const { return places_.lock()->cwd; }

    void set_root(Place root);
    void set_cwd(Place cwd);

    u32 umask() const { return umask_.load(); }

    /// Returns the old one.
    u32 set_umask(u32 mask) { return umask_.exchange(mask & 0777); }

private:
    /// Each is changed as a whole or not at all.
    struct Own : Places {
        using Places::Places;
        ksync::UndoLog<4> undo;

        void begin_section() { undo.begin(); }

        bool recover() { return undo.roll_back(); }
    };

    Ref<MountTree> mounts_;
    mutable ksync::SpinLocked<Own, ksync::Rank::mounts> places_;
    Atomic<u32> umask_;
};

/// A snapshot of who acts and from where, taken once per system call.
struct Caller {
    Ref<Credentials const> credentials;
    Ref<MountTree> mounts;
    Place root;
    Place cwd;
    u32 umask = 022;

    Caller(Ref<Credentials const> who, FsContext const& context)
        : Caller(std::move(who), context, context.places()) {}

    /// root at the root of `mounts`, for the kernel itself.
    static Caller kernel(Ref<MountTree> mounts);

private:
    Caller() = default;

    Caller(Ref<Credentials const> who, FsContext const& context, FsContext::Places places)
        : credentials(std::move(who)),
          mounts(Ref<MountTree>::share(&context.mounts())),
          root(std::move(places.root)),
          cwd(std::move(places.cwd)),
          umask(context.umask()) {}
};

} // namespace vfs
