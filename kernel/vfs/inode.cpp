// Inode: the defaults, for what a kind of file does not do.
#include "kernel/vfs/inode.hpp"

#include "kernel/vfs/dentry.hpp"
#include "kernel/vfs/file.hpp"
#include "kernel/vfs/file_locks_list.hpp"
#include "kernel/vfs/file_system.hpp"
#include "kernel/vfs/mount.hpp"
#include "kernel/vfs/pipe_ring.hpp"

namespace vfs {

bool DirectoryNames::recover() {
    if (directory->names_are_cacheable())
        DentryCache::recheck(*directory);
    return true;
}

LinkTarget::LinkTarget() = default;

LinkTarget::LinkTarget(String target) : text(std::move(target)) {}

LinkTarget::LinkTarget(String target, Place leads_to)
    : text(std::move(target)), place(make<Place>(std::move(leads_to))) {}

LinkTarget::LinkTarget(LinkTarget&&) = default;
LinkTarget& LinkTarget::operator=(LinkTarget&&) = default;
LinkTarget::~LinkTarget() = default;

namespace {

Attributes stamped(Attributes attributes) {
    if (attributes.changed == Nanoseconds()) {
        Nanoseconds const now = wall_now();
        attributes.accessed = attributes.modified = attributes.changed = attributes.born = now;
    }
    return attributes;
}

} // namespace

Inode::Inode(FileSystem& file_system, Attributes const& attributes)
    : file_system_(Ref<FileSystem>::share(&file_system)),
      kind_(attributes.kind),
      number_(attributes.inode != 0 ? attributes.inode : file_system.next_inode_number()),
      attributes_(stamped(attributes)) {
    auto const own = attributes_.lock();
    own->inode = number_;
    set_permissions(*own, own->permissions);
}

Inode::~Inode() {
    delete locks_.load();
    if (Pipe* const pipe = fifo_.load(); pipe != nullptr)
        pipe->release();
}

Attributes Inode::attributes() {
    return *attributes_.lock();
}

/// Under the lock. In between, and for ever after a bug, everybody asks for the permissions.
void Inode::set_permissions(Attributes& attributes, u32 permissions) {
    open_to_all_.store(false, MemoryOrder::relaxed);
    sets_id_.store(true, MemoryOrder::relaxed);
    attributes.permissions = permissions;
    open_to_all_.store((permissions & 0111) == 0111, MemoryOrder::relaxed);
    sets_id_.store(permissions != without_set_id(permissions), MemoryOrder::relaxed);
}

void Inode::drop_set_id_bits() {
    if (!sets_id_.load(MemoryOrder::relaxed) || kind_ != Kind::regular)
        return;
    auto const attributes = attributes_.lock();
    set_permissions(*attributes, without_set_id(attributes->permissions));
}

Result<void> Inode::set_attributes(AttributeChange const& change) {
    Nanoseconds const now = wall_now();
    auto const attributes = attributes_.lock();
    set_permissions(*attributes, change.permissions.value_or(attributes->permissions) & 07777);
    attributes->uid = change.uid.value_or(attributes->uid);
    attributes->gid = change.gid.value_or(attributes->gid);
    attributes->accessed = change.accessed.value_or(attributes->accessed);
    attributes->modified = change.modified.value_or(attributes->modified);
    attributes->changed = now;
    return {};
}

void Inode::touch_accessed() {
    Nanoseconds const now = wall_now();
    auto const attributes = attributes_.lock();
    // relatime, the default of Linux: once a day, or when it changed since.
    if (attributes->accessed <= attributes->modified ||
        attributes->accessed <= attributes->changed ||
        now - attributes->accessed >= Nanoseconds::seconds(24 * 60 * 60))
        attributes->accessed = now;
}

void Inode::touch_modified() {
    Nanoseconds const now = wall_now();
    auto const attributes = attributes_.lock();
    attributes->modified = attributes->changed = now;
}

void Inode::touch_changed() {
    Nanoseconds const now = wall_now();
    attributes_.lock()->changed = now;
}

void Inode::change_links(int by) {
    Nanoseconds const now = wall_now();
    auto const attributes = attributes_.lock();
    attributes->links += static_cast<u32>(by);
    attributes->changed = now;
}

// What a directory operation answers on something that does not have it.

Result<Ref<Inode>> Inode::lookup(std::string_view) {
    return fail(is_directory() ? Errno::enoent : Errno::enotdir);
}

Result<Ref<Inode>> Inode::create(std::string_view, NewInode const&) {
    return fail(Errno::eperm);
}

Result<void> Inode::link(std::string_view, Inode&) {
    return fail(Errno::eperm);
}

Result<void> Inode::unlink(std::string_view, Inode&) {
    return fail(Errno::eperm);
}

Result<void> Inode::remove_directory(std::string_view, Inode&) {
    return fail(Errno::eperm);
}

Result<void> Inode::rename(std::string_view, Inode&, Inode&, std::string_view, Inode*, RenameRule) {
    return fail(Errno::eperm);
}

Result<Ref<Inode>> Inode::create_nameless(NewInode const&) {
    return fail(Errno::enotsup);
}

Result<LinkTarget> Inode::read_link(Credentials const&) {
    return fail(Errno::einval);
}

Result<Ref<File>> Inode::open(Place const&, Flags<uapi::Open>) {
    return fail(Errno::enxio);
}

Result<void> Inode::truncate(u64) {
    return fail(Errno::einval);
}

Result<void> Inode::begin_writing() {
    i32 seen = writers_.load();
    do {
        if (seen < 0)
            return fail(Errno::etxtbsy);
    } while (!writers_.compare_exchange(seen, seen + 1));
    return {};
}

void Inode::end_writing() noexcept {
    writers_.fetch_sub(1);
}

Result<void> Inode::begin_execution() {
    i32 seen = writers_.load();
    do {
        if (seen > 0)
            return fail(Errno::etxtbsy);
    } while (!writers_.compare_exchange(seen, seen - 1));
    return {};
}

void Inode::end_execution() noexcept {
    writers_.fetch_add(1);
}

FileLocks& Inode::locks() {
    FileLocks* present = locks_.load();
    if (present == nullptr) {
        auto fresh = make<FileLocks>();
        if (locks_.compare_exchange(present, fresh.raw()))
            return *fresh.release();
    }
    return *present;
}

Ref<Pipe> Inode::fifo() {
    Pipe* present = fifo_.load();
    if (present == nullptr) {
        auto fresh = make_ref<Pipe>();
        if (fifo_.compare_exchange(present, fresh.raw()))
            present = fresh.leak();
    }
    return Ref<Pipe>::share(present);
}

} // namespace vfs
