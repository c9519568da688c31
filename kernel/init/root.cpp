// Registers file systems and fills the first root from the initramfs.
#include "kernel/init/root.hpp"

#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/fs/devpts/devpts.hpp"
#include "kernel/fs/devtmpfs/devtmpfs.hpp"
#include "kernel/fs/proc/proc.hpp"
#include "kernel/fs/tmpfs/tmpfs.hpp"
#include "kernel/log/log.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/vfs/file_system.hpp"
#include "kernel/vfs/initialise.hpp"

namespace init {

namespace {

/// Every file system in this kernel, in the order of /proc/filesystems.
constexpr vfs::FileSystemType const* file_systems[] = {
    &tmpfs::rootfs_type, &tmpfs::ramfs_type, &proc::type,
    &tmpfs::type,        &devtmpfs::type,    &devpts::type,
};

void unpack(Ref<vfs::MountTree> const& mounts) {
    auto const& boot = arch::boot_info();
    u64 const size = boot.initrd_end - boot.initrd_start;
    if (size == 0)
        return;
    auto const* const bytes = pointer_to<std::byte const>(arch::direct_map(boot.initrd_start));
    if (auto const done = vfs::unpack_initramfs(mounts, {bytes, size}); !done) {
        // What came before the damage stays, as on Linux; without an init the boot ends later.
        klog::emergency("Initramfs unpacking failed: {cause} at byte {offset}", done.error().cause,
                        done.error().offset);
    }
    mem::release_boot_memory(boot.initrd_start, boot.initrd_end);
}

} // namespace

Ref<vfs::MountTree> make_root() {
    for (auto const* const type : file_systems)
        vfs::register_file_system(*type);
    ensure(vfs::initialise().has_value(), "no memory for the VFS");
    auto mounts = vfs::mount_root("rootfs");
    ensure(mounts.has_value(), "no memory for a root file system");
    unpack(*mounts);
    return *mounts;
}

} // namespace init
