// Places for files that no directory names: pipes, epoll, eventfd, sockets.
#include "kernel/vfs/anonymous.hpp"

#include "libs/base/format.hpp"

namespace vfs {

namespace {

/// The kernel's own file system: never in a mount tree, without names.
class AnonymousFileSystem final : public FileSystem {
public:
    std::string_view type() const override { return "anon_inodefs"; }

    Result<Ref<Inode>> root() override;

    Statistics statistics() override { return {.magic = 0x50495045}; } // PIPEFS_MAGIC
};

class AnonymousInode final : public Inode {
public:
    AnonymousInode(FileSystem& file_system, Attributes const& attributes)
        : Inode(file_system, attributes) {}
};

Attributes attributes_of(Kind kind, u32 permissions, Credentials const* owner) {
    Attributes attributes;
    attributes.kind = kind;
    attributes.permissions = permissions;
    if (owner != nullptr) {
        attributes.uid = owner->fsuid;
        attributes.gid = owner->fsgid;
    }
    return attributes;
}

Result<Ref<Inode>> AnonymousFileSystem::root() {
    return make_ref<AnonymousInode>(*this, attributes_of(Kind::directory, 0555, nullptr));
}

/// Made at first use, then kept for ever.
constinit Atomic<Mount*> the_mount{nullptr};

Result<Ref<Mount>> anonymous_mount() {
    Mount* present = the_mount.load();
    if (present == nullptr) {
        auto file_system = make_ref<AnonymousFileSystem>();
        Ref<Dentry> root = TRY(file_system->root_dentry());
        auto fresh =
            make_ref<Mount>(std::move(file_system), std::move(root), String("none"), MountFlags());
        if (the_mount.compare_exchange(present, fresh.raw()))
            present = fresh.leak();
    }
    return Ref<Mount>::share(present);
}

} // namespace

Result<Place> create_anonymous(Kind kind, u32 permissions, std::string_view prefix, Naming naming,
                               Credentials const* owner) {
    Ref<Mount> mount = TRY(anonymous_mount());
    auto inode =
        make_ref<AnonymousInode>(mount->file_system(), attributes_of(kind, permissions, owner));
    String name(prefix);
    if (naming == Naming::numbered) {
        StringSink sink(name);
        format_to(sink, ":[{}]", inode->number());
    }
    Ref<Dentry> dentry = TRY(Dentry::create_detached(std::move(inode), std::move(name)));
    return Place{std::move(mount), std::move(dentry)};
}

} // namespace vfs
