// FileSystem: device numbers, and the list of kinds that mount(2) knows by name.
#include "kernel/vfs/file_system.hpp"

#include "kernel/vfs/dentry.hpp"
#include "libs/base/persist.hpp"

namespace vfs {

namespace {

constinit Atomic<u32> next_anonymous_device{1};

constexpr usize most_types = 32;

struct Types {
    FileSystemType const* list[most_types] = {};
    usize count = 0;
};

constinit ksync::SpinLocked<ksync::Independent<Types>, ksync::Rank::mounts> types;

} // namespace

FileSystem::FileSystem() : device_{0, next_anonymous_device.fetch_add(1)} {}

FileSystem::~FileSystem() = default;

Result<Ref<Dentry>> FileSystem::root_dentry() {
    if (Ref<Dentry> present(*root_dentry_.lock()); present)
        return present;
    Ref<Inode> inode = TRY(root());
    Ref<Dentry> fresh = TRY(Dentry::create_root(std::move(inode)));
    auto const guard = root_dentry_.lock();
    Ref<Dentry>& kept = *guard;
    if (!kept)
        kept = fresh;
    return kept;
}

void FileSystem::mounted() {
    mounts_.fetch_add(1);
}

void FileSystem::mount_ended() noexcept {
    if (mounts_.fetch_sub(1) != 1)
        return;
    persist([this] {
        Ref<Dentry> dropped;
        std::swap<Ref<Dentry>>(dropped, *root_dentry_.lock());
        DentryCache::shrink(this);
        dropped = {};
        unmounted();
    });
}

void register_file_system(FileSystemType const& type) {
    auto const all = types.lock();
    ensure(all->count < most_types, "too many kinds of file system");
    all->list[all->count++] = &type;
}

FileSystemType const* find_file_system(std::string_view name) {
    auto const all = types.lock();
    for (usize i = 0; i < all->count; ++i)
        if (all->list[i]->name == name)
            return all->list[i];
    return nullptr;
}

void for_each_file_system(FunctionRef<void(FileSystemType const&)> visit) {
    Types copy;
    {
        auto const all = types.lock();
        copy = *all;
    }
    for (usize i = 0; i < copy.count; ++i)
        visit(*copy.list[i]);
}

} // namespace vfs
