// Dentry: a name in a directory, cached; and the cache that finds it again.
#pragma once

#include "kernel/vfs/inode.hpp"

namespace vfs {

/// Parent and name change only by rename, under the parents' directory locks and the tree lock.
class Dentry : public RefCounted {
public:
    enum class Shape : u8 { named, root, detached };

    /// For the functions below and those of the cache, which say what goes together.
    Dentry(Shape shape, Ref<Inode> inode, Ref<Dentry> parent, String name);
    /// The root of a file system, or an object that no directory names; `name` is what readlink of
    /// /proc/PID/fd/N shows for the latter ("pipe:[7]").
    static Result<Ref<Dentry>> create_root(Ref<Inode> inode);
    static Result<Ref<Dentry>> create_detached(Ref<Inode> inode, String name);
    ~Dentry() override;

    /// Empty: the name is known not to exist.
    Ref<Inode> const& inode() const { return inode_; }

    bool is_negative() const { return !inode_; }

    Ref<Dentry> parent() const;
    String name() const;

    bool is_root() const { return shape_ == Shape::root; }

    bool is_detached() const { return shape_ == Shape::detached; }

    /// Its name was removed while somebody still used it.
    bool is_deleted() const { return deleted_.load(); }

    /// Mounts on this name, in any tree.
    bool is_mount_point() const { return mounts_.load() != 0; }

private:
    friend class DentryCache;
    friend struct DentryBucket;
    friend class MountPoint;
    friend class PathBuilder;

    Shape shape_;
    Atomic<bool> deleted_{false};
    Atomic<u32> mounts_{0};
    Atomic<u32> cached_children_{0}; ///< or more, after a bug: only saves searches
    Ref<Inode> inode_;
    Ref<Dentry> parent_;
    String name_;
    u32 hash_ = 0;
    bool cached_ = false; ///< or was, before a bug
    bool recently_used_ = false;
    Dentry* next_ = nullptr; ///< in its bucket
};

/// One for the system: (parent, name) -> dentry. Lookups take one bucket's lock for a moment.
class DentryCache {
public:
    /// The cached dentry, maybe negative; empty when not known.
    static Ref<Dentry> find(Dentry& parent, std::string_view name);
    /// Adds a dentry; the caller holds the parent's directory lock and found nothing cached.
    static Result<Ref<Dentry>> add(Ref<Dentry> parent, std::string_view name, Ref<Inode> inode);
    /// A dentry that is not cached, for directories whose names are not cacheable.
    static Result<Ref<Dentry>> uncached(Ref<Dentry> parent, std::string_view name,
                                        Ref<Inode> inode);

    /// For a name that is about to be created: a dentry that a failure may drop, made while nothing
    /// has changed yet.
    static Result<Ref<Dentry>> prepare(Ref<Dentry> parent, std::string_view name) {
        return uncached(std::move(parent), name, {});
    }

    /// The name leads to `inode` from now on: `fresh`, as prepared, takes the place of `negative`.
    /// The caller holds the parent's directory lock.
    static void fill(Dentry& negative, Ref<Dentry> const& fresh, Ref<Inode> inode);
    /// The name is gone: forgets it, and what is known to be missing below it; marks it deleted.
    static void remove(Dentry& dentry);
    /// The name leads to nothing or something else now, without having been deleted (a stale
    /// negative entry).
    static void forget(Dentry& dentry);
    static void move(Dentry& dentry, Ref<Dentry> new_parent, String new_name);
    static void exchange(Dentry& one, Dentry& other);
    /// After a bug amid a change of the directory's names: what is cached of them is compared with
    /// the file system. The caller holds the directory's lock.
    static void recheck(Inode& directory);
    /// Drops entries nobody uses: all of them below a file system's root, or everywhere.
    static void shrink(FileSystem const* only = nullptr);
    static usize size();

private:
    class Dropped;
    static void insert(Dentry& dentry);
    static void publish(Ref<Dentry> const& dentry);
    static Ref<Dentry> take_out(Dentry& dentry);
    static Ref<Dentry> unlink(Dentry** link);
    template <class Chosen>
    static void trim_bucket(usize index, Chosen chosen);
    static void trim();
    static void forget_children(Dentry& directory);
    static Ref<Dentry> nth_in(usize bucket, Inode const& directory, usize nth);
};

} // namespace vfs
