// A directory in memory: its names, by name for lookups and by age for listing.
#include "kernel/fs/memory/directory.hpp"

#include "kernel/fs/memory/nodes.hpp"

namespace memfs {

namespace {

class DirectoryFile final : public vfs::File {
public:
    DirectoryFile(vfs::Place place, vfs::OpenFlags flags, Directory& directory)
        : File(std::move(place), flags), directory_(directory) {}

    Result<void> sync() override { return {}; }

protected:
    Result<void> list_entries(vfs::DirectorySink& into, u64 from) override {
        return directory_.list(into, from);
    }

private:
    Directory& directory_; ///< kept alive by place()
};

} // namespace

Entries::~Entries() {
    by_age_.clear();
    by_name_.clear_and_dispose([](Entry* entry) { delete entry; });
}

Entry* Entries::find(std::string_view name) {
    auto const found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &*found;
}

void Entries::insert(Box<Entry> entry) {
    entry->position = --next_position_;
    bool const fresh = by_name_.insert(*entry).second;
    ensure(fresh, "directory entry exists");
    by_age_.insert(*entry.release());
}

Box<Entry> Entries::take(std::string_view name) {
    Entry* const entry = find(name);
    if (entry == nullptr)
        return {};
    by_name_.erase(by_name_.iterator_to(*entry));
    by_age_.erase(by_age_.iterator_to(*entry));
    return Box<Entry>(entry);
}

Entry* Entries::from(u64 position) {
    auto const found = by_age_.lower_bound(position);
    return found == by_age_.end() ? nullptr : &*found;
}

Directory::Directory(MemoryFileSystem& file_system, vfs::Attributes const& attributes,
                     InodeShare share)
    : Inode(file_system, attributes), share_(std::move(share)) {}

MemoryFileSystem& Directory::memory() const {
    return static_cast<MemoryFileSystem&>(file_system());
}

vfs::Attributes Directory::attributes() {
    return Inode::attributes();
}

void Directory::changed() {
    touch_modified();
}

Result<Ref<vfs::Inode>> Directory::lookup(std::string_view name) {
    auto const entries = entries_.lock();
    Entry const* const entry = entries->find(name);
    if (entry == nullptr)
        return fail(Errno::enoent);
    return entry->inode;
}

Result<Ref<vfs::Inode>> Directory::make_inode(vfs::NewInode const& as) {
    vfs::Attributes attributes;
    attributes.kind = as.kind;
    attributes.permissions = as.permissions;
    attributes.uid = as.uid;
    attributes.gid = as.gid;
    attributes.special = as.special;
    MemoryFileSystem& here = memory();
    InodeShare share = TRY(InodeShare::reserve(here));
    switch (as.kind) {
    case vfs::Kind::directory:
        attributes.links = 2;
        attributes.size = empty_directory_size;
        return Ref<vfs::Inode>(make_ref<Directory>(here, attributes, std::move(share)));
    case vfs::Kind::regular:
        return Ref<vfs::Inode>(make_ref<RegularFile>(here, attributes, std::move(share)));
    case vfs::Kind::symbolic_link:
        attributes.size = as.target.size();
        return Ref<vfs::Inode>(
            make_ref<SymbolicLink>(here, attributes, std::move(share), String(as.target)));
    default:
        return Ref<vfs::Inode>(make_ref<Node>(here, attributes, std::move(share)));
    }
}

Result<void> Directory::add(std::string_view name, Ref<vfs::Inode> inode) {
    auto entry = make<Entry>(name, std::move(inode));
    auto const entries = entries_.lock();
    if (entries->removed)
        return fail(Errno::enoent);
    if (entries->find(name) != nullptr)
        return fail(Errno::eexist);
    entries->insert(std::move(entry));
    update([](vfs::Attributes& attributes) { attributes.size += bytes_per_entry; });
    changed();
    return {};
}

Result<Box<Entry>> Directory::take(std::string_view name) {
    auto const entries = entries_.lock();
    Box<Entry> taken = entries->take(name);
    if (!taken)
        return fail(Errno::enoent);
    update([](vfs::Attributes& attributes) { attributes.size -= bytes_per_entry; });
    changed();
    return taken;
}

Result<Ref<vfs::Inode>> Directory::create(std::string_view name, vfs::NewInode const& as) {
    Ref<vfs::Inode> inode = TRY(make_inode(as));
    TRY(add(name, inode));
    if (as.kind == vfs::Kind::directory)
        change_links(+1);
    return inode;
}

Result<Ref<vfs::Inode>> Directory::create_nameless(vfs::NewInode const& as) {
    Ref<vfs::Inode> inode = TRY(make_inode(as));
    inode->change_links(-1);
    return inode;
}

Result<void> Directory::link(std::string_view name, vfs::Inode& existing) {
    TRY(add(name, Ref<vfs::Inode>::share(&existing)));
    existing.change_links(+1);
    return {};
}

Result<void> Directory::unlink(std::string_view name, vfs::Inode& victim) {
    TRY(take(name));
    victim.change_links(-1);
    return {};
}

Result<void> Directory::retire() {
    auto const entries = entries_.lock();
    if (entries->size() != 0)
        return fail(Errno::enotempty);
    entries->removed = true;
    return {};
}

Result<void> Directory::remove_directory(std::string_view name, vfs::Inode& victim) {
    TRY(static_cast<Directory&>(victim).retire());
    TRY(take(name));
    victim.change_links(-2);
    change_links(-1);
    return {};
}

Result<void> Directory::rename(std::string_view from_name, vfs::Inode& moved, vfs::Inode& to,
                               std::string_view to_name, vfs::Inode* victim, vfs::RenameRule rule) {
    auto& target = static_cast<Directory&>(to);
    if (rule == vfs::RenameRule::exchange) {
        TRY(exchange(from_name, target, to_name));
        if (&target != this && moved.is_directory() != victim->is_directory()) {
            change_links(moved.is_directory() ? -1 : +1);
            target.change_links(moved.is_directory() ? +1 : -1);
        }
        moved.touch_changed();
        victim->touch_changed();
        return {};
    }
    auto entry = make<Entry>(to_name, Ref<vfs::Inode>::share(&moved)); // before the first change
    if (victim != nullptr) {
        if (victim->is_directory()) {
            TRY(static_cast<Directory&>(*victim).retire());
            TRY(target.take(to_name));
            victim->change_links(-2);
            target.change_links(-1);
        } else {
            TRY(target.take(to_name));
            victim->change_links(-1);
        }
    }
    TRY(take(from_name));
    {
        auto const entries = target.entries_.lock();
        entries->insert(std::move(entry));
        target.update([](vfs::Attributes& attributes) { attributes.size += bytes_per_entry; });
    }
    target.changed();
    if (moved.is_directory() && &target != this) {
        change_links(-1);
        target.change_links(+1);
    }
    moved.touch_changed();
    return {};
}

Result<void> Directory::exchange(std::string_view from_name, Directory& to,
                                 std::string_view to_name) {
    // The VFS holds both directories' locks, so the two names stay between these steps.
    Ref<vfs::Inode> one = TRY(lookup(from_name));
    Ref<vfs::Inode> other = TRY(to.lookup(to_name));
    entries_.lock()->find(from_name)->inode = std::move(other);
    to.entries_.lock()->find(to_name)->inode = std::move(one);
    changed();
    to.changed();
    return {};
}

Result<void> Directory::list(vfs::DirectorySink& into, u64 from) {
    auto const entries = entries_.lock();
    for (Entry const* entry = entries->from(from); entry != nullptr;
         entry = entries->from(entry->position + 1))
        if (!into.take(entry->name, entry->inode->number(), entry->inode->kind(),
                       entry->position + 1))
            break;
    return {};
}

Result<Ref<vfs::File>> Directory::open(vfs::Place const& at, Flags<uapi::Open> flags) {
    return make_ref<DirectoryFile>(at, flags, *this);
}

} // namespace memfs
