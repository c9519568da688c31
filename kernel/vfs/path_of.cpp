// From a place back to its path, climbing through dentries and mounts.
#include "kernel/vfs/dentry_tree.hpp"
#include "kernel/vfs/mount.hpp"

namespace vfs {

/// Collects names from the last to the first.
class PathBuilder {
public:
    /// Adds the names between `dentry` and the root of its mount, not beyond `stop`. Says where it
    /// ended.
    enum class Ended { at_stop, at_mount_root };

    Ended climb(Ref<Dentry> from, Dentry const* mount_root, Dentry const* stop) {
        Ref<Dentry> at = std::move(from);
        for (;;) {
            if (at.raw() == stop)
                return Ended::at_stop;
            if (at.raw() == mount_root || !at->parent())
                return Ended::at_mount_root;
            names_.push_back(at->name());
            at = at->parent();
        }
    }

    String text() const {
        String path;
        for (usize i = names_.size(); i-- != 0;) {
            path.push_back('/');
            path.append(names_[i]);
        }
        if (path.empty())
            path.push_back('/');
        return path;
    }

private:
    Vector<String> names_;
};

String path_of(Place const& place, Place const& root) {
    if (place.dentry->is_detached())
        return place.dentry->name();
    PathBuilder builder;
    Place at = place;
    bool reachable = true;
    while (builder.climb(at.dentry, at.mount->root().raw(),
                         at.mount == root.mount ? root.dentry.raw() : nullptr) ==
           PathBuilder::Ended::at_mount_root) {
        auto above = at.mount->tree_ != nullptr ? at.mount->tree_->leave(at) : std::nullopt;
        if (!above) {
            reachable = !root; // without a root to look from, the top is reached
            break;
        }
        at = std::move(*above);
    }
    String path = reachable ? String() : String("(unreachable)");
    path.append(builder.text());
    if (place.dentry->is_deleted())
        path.append(" (deleted)");
    return path;
}

} // namespace vfs
