// devtmpfs: a file system that shows a node for every registered device.
#include "kernel/fs/devtmpfs/devtmpfs.hpp"

#include "kernel/fs/memory/file_system.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/vfs/devices.hpp"
#include "kernel/vfs/kernel_names.hpp"

namespace devtmpfs {

namespace {

/// There is one, and it keeps its nodes while it is not mounted.
class DeviceFileSystem final : public memfs::MemoryFileSystem, public vfs::DeviceListener {
public:
    DeviceFileSystem()
        : MemoryFileSystem("devtmpfs", {.root_permissions = 0755}, String(",inode64")) {}

    void unmounted() noexcept override {}

    void added(vfs::DeviceEntry const& device) override {
        if (device.name.empty())
            return;
        vfs::NewInode as;
        as.kind = device.kind;
        as.permissions = device.permissions;
        as.special = device.number;
        // A name that somebody made by hand stays as it is; without memory the node is missing.
        if (auto root = root_dentry())
            static_cast<void>(vfs::make_name(std::move(*root), device.name, as));
    }

    void removed(vfs::DeviceEntry const& device) override {
        if (auto root = root_dentry(); root && !device.name.empty())
            static_cast<void>(vfs::remove_name(std::move(*root), device.name));
    }
};

constinit Atomic<DeviceFileSystem*> the_instance{nullptr};

DeviceFileSystem& instance() {
    DeviceFileSystem* present = the_instance.load();
    if (present == nullptr) {
        auto fresh = make_ref<DeviceFileSystem>();
        if (the_instance.compare_exchange(present, fresh.raw())) {
            present = fresh.leak();
            vfs::listen_to_devices(*present);
        }
    }
    return *present;
}

Result<Ref<vfs::FileSystem>> mount(vfs::MountRequest const&) {
    return Ref<vfs::FileSystem>::share(&instance());
}

} // namespace

constinit vfs::FileSystemType const type{.name = "devtmpfs", .mount = mount};

} // namespace devtmpfs
