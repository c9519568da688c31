// Mounts: which file system's root covers which directory, and places in that tree.
#pragma once

#include "kernel/sync/undo_log.hpp"
#include "kernel/vfs/dentry.hpp"
#include "kernel/vfs/file_system.hpp"

namespace vfs {

class MountTree;
struct Place;

enum class MountFlag : u32 {
    read_only = 1,
    no_setuid = 2,
    no_devices = 4,
    no_execution = 8,
    no_symlinks = 256,
    no_access_time = 1024,
    no_directory_access_time = 2048,
    relative_access_time = 1 << 21,
};
using MountFlags = Flags<MountFlag>;

/// A name that is covered: counts among its mounts as long as this lives.
class MountPoint {
public:
    MountPoint() = default;
    explicit MountPoint(Ref<Dentry> covered);

    MountPoint(MountPoint&& other) = default;
    MountPoint& operator=(MountPoint&& other);
    ~MountPoint();

    Ref<Dentry> const& dentry() const { return covered_; }

private:
    Ref<Dentry> covered_;
};

class Mount : public RefCounted {
public:
    Mount(Ref<FileSystem> file_system, Ref<Dentry> root, String source, MountFlags flags);
    ~Mount() override;

    FileSystem& file_system() const { return *file_system_; }

    Ref<Dentry> const& root() const { return root_; }

    String const& source() const { return source_; }

    u32 id() const { return id_; }

    MountFlags flags() const { return MountFlags::from_bits(flags_.load()); }

    bool read_only() const { return flags().has(MountFlag::read_only); }

    /// A regular file was opened for writing through this mount, or such a file was closed.
    void begin_writing() { writers_.fetch_add(1); }

    void end_writing() noexcept { writers_.fetch_sub(1); }

private:
    friend class MountTree;
    friend String path_of(Place const& place, Place const& root);
    /// Out of the tree: who still uses it must not keep the name busy that it covered.
    void uncover();

    Ref<FileSystem> file_system_;
    Ref<Dentry> root_;
    String source_;
    Atomic<u32> flags_;
    Atomic<u32> writers_{0}; ///< open files
    u32 id_;
    // Under the mounts lock from when it is in the tree.
    Ref<Mount> parent_; ///< empty for the root
    MountPoint point_;  ///< the directory it covers, in parent_
    MountTree* tree_ = nullptr;
    bool attached_ = false; ///< is in the tree's list
};

/// A directory entry as seen through a mount: what a path leads to.
struct Place {
    Ref<Mount> mount;
    Ref<Dentry> dentry;

    Ref<Inode> const& inode() const { return dentry->inode(); }

    explicit operator bool() const { return bool(dentry); }

    friend bool operator==(Place const&, Place const&) noexcept(false) = default;
};

/// All mounts of one mount space (there is one; processes hold it through their FsContext).
class MountTree : public RefCounted {
public:
    /// Without mounts: for create().
    MountTree() = default;

    /// Mounts `file_system` as the root of everything.
    static Result<Ref<MountTree>> create(Ref<FileSystem> file_system, std::string_view source);

    Place root() const;

    /// Covers `at` (a directory). EBUSY when the same file system is mounted there already.
    Result<void> mount(Place const& at, Ref<FileSystem> file_system, std::string_view source,
                       MountFlags flags);
    /// Shows what is at `from` also at `to` (MS_BIND), without mounts below it.
    Result<void> bind(Place const& from, Place const& to, MountFlags flags);
    Result<void> move(Place const& from, Place const& to);
    Result<void> remount(Place const& at, MountFlags flags);
    enum class Unmount { if_unused, detach };
    /// `at` must be the root of a mount (EINVAL); EBUSY when used.
    Result<void> unmount(Place const& at, Unmount how);

    /// The root of what is mounted on `place`, or `place` itself; through several layers.
    Place enter(Place place) const;
    /// From the root of a mount to the directory it covers; nothing at the very top.
    std::optional<Place> leave(Place const& place) const;

    /// In the order they were mounted; `path` is seen from `root`.
    struct Description {
        String source, path, type, options;
        u32 id, parent_id;
        DeviceNumber device;
        String root_path;
    };

    Vector<Description> describe(Place const& root) const;
    Vector<Ref<Mount>> all() const;

    ~MountTree() override;

private:
    using Mounts = Vector<Ref<Mount>>;

    Result<void> attach(Ref<Mount> mount, Place const& at);
    usize mount_count() const;

    /// Each change prepares a new list and what the mounts in it will say, and exchanges; a bug
    /// before the end of the section leaves the old one.
    struct List {
        Mounts mounts; ///< in order; the first is the root
        ksync::UndoLog<8> undo;

        void begin_section() { undo.begin(); }

        bool recover();
    };

    mutable ksync::SpinLocked<List, ksync::Rank::mounts> list_;
};

/// The path of `place` as seen from `root`: "/a/b", with " (deleted)" when its name is gone, or
/// "(unreachable)/a". Detached objects give their name.
String path_of(Place const& place, Place const& root);

} // namespace vfs
