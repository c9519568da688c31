// FileSystem: one mounted instance, and the list of kinds that mount(2) knows by name.
#pragma once

#include "kernel/vfs/inode.hpp"

namespace vfs {

struct Statistics {
    u64 magic = 0; ///< f_type
    u64 block_size = page_size;
    u64 blocks = 0, blocks_free = 0;
    u64 files = 0, files_free = 0;
};

/// Inodes keep their file system alive; it ends when the last of them and every mount are gone. So
/// it must not own its root by Ref for ever: unmounted() lets it drop cycles.
class FileSystem : public RefCounted {
public:
    /// "tmpfs", as /proc/mounts shows it.
    virtual std::string_view type() const = 0;
    virtual Result<Ref<Inode>> root() = 0;
    virtual Statistics statistics() = 0;

    /// Options as /proc/mounts shows them after the mount's own, e.g. ",size=10k"; usually empty.
    virtual String options() const { return {}; }

    virtual Result<void> sync() { return {}; }

    /// The last mount is gone.
    virtual void unmounted() noexcept {}

    /// st_dev of its files.
    DeviceNumber device() const { return device_; }

    /// The one dentry of its root that all its mounts share; dropped with the last of them.
    Result<Ref<Dentry>> root_dentry();

    u64 next_inode_number() { return next_inode_.fetch_add(1); }

    /// Held across moves between two of its directories.
    using RenameLock = ksync::SleepLocked<ksync::Turn, ksync::Rank::rename>;

    RenameLock& rename_lock() { return rename_lock_; }

protected:
    /// Takes a fresh anonymous device number (0:N).
    FileSystem();
    ~FileSystem() override;

private:
    friend class Mount;
    friend class Mounting;
    void mounted();
    void mount_ended() noexcept;

    DeviceNumber device_;
    Atomic<u32> mounts_{0};
    ksync::SpinLocked<ksync::Independent<Ref<Dentry>>, ksync::Rank::mounts> root_dentry_;
    Atomic<u64> next_inode_{1};
    RenameLock rename_lock_;
};

struct MountRequest {
    std::string_view source;
    std::string_view options; ///< the text mount(2) passes as data
    Credentials const& who;
};

/// A kind of file system: a constant in the list that kernel/init registers.
struct FileSystemType {
    std::string_view name;
    Result<Ref<FileSystem>> (*mount)(MountRequest const& request);
    bool needs_device = false; ///< false: "nodev" in /proc/filesystems
};

void register_file_system(FileSystemType const& type);
/// nullptr when unknown.
FileSystemType const* find_file_system(std::string_view name);
void for_each_file_system(FunctionRef<void(FileSystemType const&)> visit);

} // namespace vfs
