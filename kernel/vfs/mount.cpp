// Mounts: which file system's root covers which directory, and places in that tree.
#include "kernel/vfs/mount.hpp"

#include "kernel/vfs/dentry_tree.hpp"
#include "libs/base/persist.hpp"

#include <algorithm>

namespace vfs {

namespace {

constinit Atomic<u32> next_mount_id{1};

} // namespace

/// Counts as a mount of its own, so that a file system whose mount fails lets go of its root.
class Mounting {
public:
    explicit Mounting(Ref<FileSystem> file_system) : file_system_(std::move(file_system)) {
        file_system_->mounted();
    }

    Mounting(Mounting const&) = delete;

    ~Mounting() {
        persist([this] { file_system_.raw()->mount_ended(); });
    }

private:
    Ref<FileSystem> file_system_;
};

Mount::Mount(Ref<FileSystem> file_system, Ref<Dentry> root, String source, MountFlags flags)
    : file_system_(std::move(file_system)),
      root_(std::move(root)),
      source_(std::move(source)),
      flags_(flags.bits()),
      id_(next_mount_id.fetch_add(1)) {
    file_system_->mounted();
}

Mount::~Mount() {
    persist([this] {
        root_ = {};
        uncover();
        file_system_.raw()->mount_ended();
    });
}

void Mount::uncover() {
    point_ = {};
    parent_ = {};
}

MountPoint::MountPoint(Ref<Dentry> covered) : covered_(std::move(covered)) {
    covered_->mounts_.fetch_add(1);
}

MountPoint& MountPoint::operator=(MountPoint&& other) {
    MountPoint const old(std::move(*this));
    covered_ = std::move(other.covered_);
    return *this;
}

MountPoint::~MountPoint() {
    if (covered_)
        covered_->mounts_.fetch_sub(1);
}

bool MountTree::List::recover() {
    if (!undo.roll_back())
        return false;
    for (Ref<Mount> const& mount : mounts)
        mount->attached_ = true;
    return true;
}

Result<Ref<MountTree>> MountTree::create(Ref<FileSystem> file_system, std::string_view source) {
    Mounting const mounting(file_system);
    Ref<Dentry> root = TRY(file_system->root_dentry());
    auto tree = make_ref<MountTree>();
    auto top = make_ref<Mount>(std::move(file_system), std::move(root), String(source),
                               MountFlags(MountFlag::relative_access_time));
    top->attached_ = true;
    top->tree_ = tree.raw();
    tree->list_.lock()->mounts.push_back(std::move(top));
    return tree;
}

MountTree::~MountTree() {
    Mounts mounts;
    {
        auto const list = list_.lock_even_poisoned();
        list->undo.swap(list->mounts, mounts);
    }
    // Leaves first: each lets go of its parent.
    for (; !mounts.empty(); mounts.pop_back()) {
        mounts.back()->tree_ = nullptr;
        mounts.back()->uncover();
    }
}

Place MountTree::root() const {
    auto const list = list_.lock();
    Ref<Mount> const& top = list->mounts.front();
    return {top, top->root_};
}

Result<void> MountTree::attach(Ref<Mount> mount, Place const& at) {
    if (!at.dentry->is_root() && at.dentry->is_deleted())
        return fail(Errno::enoent);
    mount->parent_ = at.mount;
    mount->point_ = MountPoint(at.dentry);
    mount->tree_ = this;
    mount->attached_ = true;
    Mounts grown; // allocated before the spinning lock, and the old list given back after it
    for (;;) {
        usize const wanted = mount_count() + 8;
        grown.reserve(wanted);
        auto const list = list_.lock();
        if (list->mounts.size() + 1 > wanted)
            continue;
        for (Ref<Mount> const& present : list->mounts) {
            if (present->parent_ == at.mount && present->point_.dentry() == at.dentry &&
                present->file_system_ == mount->file_system_ && present->root_ == mount->root_)
                return fail(Errno::ebusy);
            grown.push_back(present);
        }
        grown.push_back(std::move(mount));
        list->undo.swap(list->mounts, grown);
        return {};
    }
}

usize MountTree::mount_count() const {
    return list_.lock()->mounts.size();
}

Result<void> MountTree::mount(Place const& at, Ref<FileSystem> file_system, std::string_view source,
                              MountFlags flags) {
    Mounting const mounting(file_system);
    Ref<Dentry> root = TRY(file_system->root_dentry());
    if (root->inode()->is_directory() != at.inode()->is_directory())
        return fail(Errno::enotdir);
    return attach(make_ref<Mount>(std::move(file_system), std::move(root), String(source), flags),
                  enter(at));
}

Result<void> MountTree::bind(Place const& from, Place const& to, MountFlags flags) {
    if (from.inode()->is_directory() != to.inode()->is_directory())
        return fail(Errno::enotdir);
    return attach(make_ref<Mount>(from.mount->file_system_, from.dentry, from.mount->source_,
                                  flags | from.mount->flags()),
                  enter(to));
}

Result<void> MountTree::move(Place const& from, Place const& to_place) {
    Place const to = enter(to_place);
    Ref<Mount> parent = to.mount; // the old ones, after the lock
    MountPoint point(to.dentry);
    auto const list = list_.lock();
    Mount& moved = *from.mount;
    if (from.dentry != moved.root_ || !moved.attached_ || !moved.parent_)
        return fail(Errno::einval);
    if (!to.mount->attached_)
        return fail(Errno::einval);
    for (Mount const* above = to.mount.raw(); above != nullptr; above = above->parent_.raw())
        if (above == &moved)
            return fail(Errno::eloop);
    if (from.inode()->is_directory() != to.inode()->is_directory())
        return fail(Errno::enotdir);
    list->undo.swap(moved.parent_, parent);
    list->undo.swap(moved.point_, point);
    return {};
}

Result<void> MountTree::remount(Place const& at, MountFlags flags) {
    if (at.dentry != at.mount->root_)
        return fail(Errno::einval);
    if (flags.has(MountFlag::read_only) && !at.mount->read_only() && at.mount->writers_.load() != 0)
        return fail(Errno::ebusy);
    at.mount->flags_.store(flags.bits());
    return {};
}

Result<void> MountTree::unmount(Place const& at, Unmount how) {
    Mounts gone;
    {
        Mounts kept; // then the old list, given back after the lock
        kept.reserve(mount_count() + 8);
        gone.reserve(kept.capacity());
        auto const list = list_.lock();
        Mount& top = *at.mount;
        if (at.dentry != top.root_ || !top.attached_ || !top.parent_)
            return fail(Errno::einval);
        if (list->mounts.size() > kept.capacity())
            return fail(Errno::ebusy);
        if (how == Unmount::if_unused) {
            // References: the list's, and that of `at`; the rest is use.
            if (top.reference_count() > 2)
                return fail(Errno::ebusy);
        }
        auto const below = [&](Mount const* mount) {
            while (mount != nullptr && mount != &top)
                mount = mount->parent_.raw();
            return mount == &top;
        };
        for (Ref<Mount> const& mount : list->mounts)
            (below(mount.raw()) ? gone : kept).push_back(mount);
        for (Ref<Mount> const& mount : gone)
            mount->attached_ = false;
        list->undo.swap(list->mounts, kept);
    }
    for (Ref<Mount> const& mount : gone)
        mount->uncover();
    return {};
}

Place MountTree::enter(Place place) const {
    // Not by the Ref's own check: if that failed though it holds, it would clear the caller's.
    while (place.dentry.raw()->is_mount_point()) {
        auto const list = list_.lock();
        Ref<Mount> found;
        for (usize i = list->mounts.size(); i-- != 0 && !found;)
            if (list->mounts[i]->parent_ == place.mount &&
                list->mounts[i]->point_.dentry() == place.dentry)
                found = list->mounts[i];
        if (!found)
            break;
        // What `place` held may be released here: others hold it, so nothing is destroyed.
        place.dentry = found->root_;
        place.mount = std::move(found);
    }
    return place;
}

std::optional<Place> MountTree::leave(Place const& place) const {
    auto const list = list_.lock();
    Mount const& mount = *place.mount;
    if (!mount.parent_ || !mount.attached_)
        return std::nullopt;
    return Place{mount.parent_, mount.point_.dentry()};
}

MountTree::Mounts MountTree::all() const {
    Mounts mounts;
    for (;;) {
        usize const wanted = mount_count() + 8;
        mounts.reserve(wanted);
        auto const list = list_.lock();
        if (list->mounts.size() > wanted)
            continue;
        for (Ref<Mount> const& mount : list->mounts)
            mounts.push_back(mount);
        return mounts;
    }
}

Vector<MountTree::Description> MountTree::describe(Place const& root) const {
    Mounts const mounts = all();
    Vector<Description> descriptions;
    for (Ref<Mount> const& mount : mounts) {
        String path = path_of(Place{mount, mount->root_}, root);
        if (path.view().starts_with("(unreachable)"))
            continue;
        String options = mount->read_only() ? "ro" : "rw";
        MountFlags const flags = mount->flags();
        if (flags.has(MountFlag::no_setuid))
            options.append(",nosuid");
        if (flags.has(MountFlag::no_devices))
            options.append(",nodev");
        if (flags.has(MountFlag::no_execution))
            options.append(",noexec");
        if (flags.has(MountFlag::no_access_time))
            options.append(",noatime");
        else if (flags.has(MountFlag::relative_access_time))
            options.append(",relatime");
        options.append(mount->file_system_->options());
        auto const parent = leave(Place{mount, mount->root_});
        descriptions.push_back(Description{mount->source_, std::move(path),
                                           String(mount->file_system_->type()), std::move(options),
                                           mount->id_, parent ? parent->mount->id_ : 0,
                                           mount->file_system_->device(), "/"});
    }
    return descriptions;
}

} // namespace vfs
