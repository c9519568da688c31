// What kernel/init calls: the VFS at boot.
#include "kernel/vfs/initialise.hpp"

#include "kernel/vfs/file_system.hpp"
#include "kernel/vfs/kernel_names.hpp"
#include "kernel/vfs/memory_devices.hpp"

namespace vfs {

Result<void> initialise() {
    register_memory_devices();
    return {};
}

Result<Ref<MountTree>> mount_root(std::string_view type) {
    FileSystemType const* const kind = find_file_system(type);
    if (kind == nullptr)
        return fail(Errno::enodev);
    auto const who = make_ref<Credentials>();
    Ref<FileSystem> file_system = TRY(kind->mount(MountRequest{type, {}, *who}));
    Ref<MountTree> mounts = TRY(MountTree::create(std::move(file_system), type));

    Ref<Dentry> const root = mounts->root().dentry;
    NewInode directory;
    directory.kind = Kind::directory;
    directory.permissions = 0755;
    TRY(make_name(root, "dev", directory));
    NewInode console;
    console.kind = Kind::character_device;
    console.permissions = 0600;
    console.special = {5, 1};
    TRY(make_name(root, "dev/console", console));
    directory.permissions = 0700;
    TRY(make_name(root, "root", directory));
    return mounts;
}

} // namespace vfs
