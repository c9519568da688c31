// A directory in memory: its names, by name for lookups and by age for listing.
#include "kernel/fs/memory/directory.hpp"

#include "kernel/fs/memory/nodes.hpp"
#include "libs/base/owned.hpp"
#include "libs/base/scope.hpp"

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
    while (first_ != nullptr) {
        Entry* const older = first_->older;
        Box<Entry>(owned::exchange(first_, older));
    }
}

bool Entries::recover() {
    if (!undo_.roll_back())
        return false;
    by_name_.clear();
    names_ = directories_ = 0;
    Entry** link = &first_;
    for (Entry* entry = first_; entry != nullptr; entry = entry->older) {
        entry->link = link;
        link = &entry->older;
        by_name_.insert(*entry);
        count(*entry, +1);
    }
    publish();
    return true;
}

void Entries::count(Entry const& entry, int by) {
    names_ += static_cast<u64>(static_cast<i64>(by));
    if (entry.inode->is_directory())
        directories_ += static_cast<u32>(by);
}

void Entries::publish() {
    counts_.size.store(empty_directory_size + names_ * bytes_per_entry, MemoryOrder::relaxed);
    counts_.links.store(removed_ ? 0 : 2 + directories_, MemoryOrder::relaxed);
}

Entry* Entries::find(std::string_view name) {
    auto const found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &*found;
}

void Entries::insert(Entry& entry, Undo& undo) {
    entry.position = --next_position_;
    entry.link = &first_;
    entry.older = first_;
    undo.set(first_, &entry);
    if (entry.older != nullptr)
        entry.older->link = &entry.older;
    bool const fresh = by_name_.insert(entry).second;
    ensure(fresh, "directory entry exists");
    count(entry, +1);
    publish();
}

void Entries::take(Entry& entry, Undo& undo) {
    undo.set(*entry.link, entry.older);
    if (entry.older != nullptr)
        entry.older->link = entry.link;
    by_name_.erase(by_name_.iterator_to(entry));
    count(entry, -1);
    publish();
}

void Entries::exchange(Entry& own, Entries& others, Entry& other, Undo& undo) {
    count(own, -1);
    others.count(other, -1);
    undo.swap(own.inode, other.inode);
    undo.swap(own.counted, other.counted);
    count(own, +1);
    others.count(other, +1);
    publish();
    others.publish();
}

Entry const* Entries::from(u64 position) const {
    Entry const* entry = first_;
    while (entry != nullptr && entry->position < position)
        entry = entry->older;
    return entry;
}

void Entries::set_removed(bool removed) {
    undo_.set(removed_, removed);
    publish();
}

Directory::Directory(MemoryFileSystem& file_system, vfs::Attributes const& attributes,
                     InodeShare share)
    : Inode(file_system, attributes), share_(std::move(share)) {}

MemoryFileSystem& Directory::memory() const {
    return static_cast<MemoryFileSystem&>(file_system());
}

vfs::Attributes Directory::attributes() {
    vfs::Attributes attributes = Inode::attributes();
    attributes.size = counts_.size.load(MemoryOrder::relaxed);
    attributes.links = counts_.links.load(MemoryOrder::relaxed);
    return attributes;
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

Result<Ref<vfs::Inode>> Directory::make_inode(vfs::NewInode const& as, u32 links) {
    vfs::Attributes attributes;
    attributes.links = links;
    attributes.kind = as.kind;
    attributes.permissions = as.permissions;
    attributes.uid = as.uid;
    attributes.gid = as.gid;
    attributes.special = as.special;
    MemoryFileSystem& here = memory();
    InodeShare share = TRY(InodeShare::reserve(here));
    switch (as.kind) {
    case vfs::Kind::directory:
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

Result<void> Directory::add(Box<Entry> entry) {
    {
        auto const entries = entries_.lock();
        if (entries->removed())
            return fail(Errno::enoent);
        if (entries->find(entry->name) != nullptr)
            return fail(Errno::eexist);
        entries->insert(*entry, entries->undo());
    }
    static_cast<void>(entry.release());
    changed();
    return {};
}

Result<void> Directory::take(std::string_view name) {
    Entry* found = nullptr;
    {
        auto const entries = entries_.lock();
        found = entries->find(name);
        if (found == nullptr)
            return fail(Errno::enoent);
        entries->take(*found, entries->undo());
    }
    Box<Entry> const taken(found);
    changed();
    return {};
}

Result<Ref<vfs::Inode>> Directory::create(std::string_view name, vfs::NewInode const& as) {
    Ref<vfs::Inode> inode = TRY(make_inode(as, 1));
    TRY(add(make<Entry>(name, inode, as.kind != vfs::Kind::directory)));
    return inode;
}

Result<Ref<vfs::Inode>> Directory::create_nameless(vfs::NewInode const& as) {
    return make_inode(as, 0);
}

Result<void> Directory::link(std::string_view name, vfs::Inode& existing) {
    auto entry = make<Entry>(name, Ref<vfs::Inode>::share(&existing), false);
    existing.change_links(+1);
    entry->counted = true;
    return add(std::move(entry));
}

Result<void> Directory::unlink(std::string_view name, vfs::Inode&) {
    return take(name);
}

Result<void> Directory::retire() {
    auto const entries = entries_.lock();
    if (!entries->empty())
        return fail(Errno::enotempty);
    entries->set_removed(true);
    return {};
}

void Directory::unretire() noexcept {
    entries_.lock()->set_removed(false);
}

Result<void> Directory::remove_directory(std::string_view name, vfs::Inode& victim) {
    auto& removed = static_cast<Directory&>(victim);
    TRY(removed.retire());
    Undo stays([&] noexcept { removed.unretire(); });
    TRY(take(name));
    stays.keep();
    removed.touch_changed();
    return {};
}

Result<void> Directory::rename(std::string_view from_name, vfs::Inode& moved, vfs::Inode& to,
                               std::string_view to_name, vfs::Inode* victim, vfs::RenameRule rule) {
    auto& target = static_cast<Directory&>(to);
    if (rule == vfs::RenameRule::exchange) {
        TRY(exchange(from_name, target, to_name));
        moved.touch_changed();
        victim->touch_changed();
        return {};
    }
    bool const counts = !moved.is_directory();
    auto fresh = make<Entry>(to_name, Ref<vfs::Inode>::share(&moved), false);
    Entry& entered = *fresh;
    auto* const retired =
        victim != nullptr && victim->is_directory() ? static_cast<Directory*>(victim) : nullptr;
    if (retired != nullptr)
        TRY(retired->retire());
    Undo stays([&] noexcept {
        if (retired != nullptr)
            retired->unretire();
    });
    Entry* old = nullptr;
    Entry* replaced = nullptr;
    {
        auto const both = ksync::lock_pair(entries_, target.entries_);
        Entries& from = both.first();
        Entries& into = both.second();
        Entries::Undo& undo = both.last().undo();
        old = from.find(from_name);
        replaced = into.find(to_name);
        if (old == nullptr)
            return fail(Errno::enoent);
        if (replaced != nullptr)
            into.take(*replaced, undo);
        from.take(*old, undo);
        into.insert(entered, undo);
    }
    owned::again([&] { return fresh.release(); }); // the directory has it
    stays.keep();
    Box<Entry> const old_name(old);
    Box<Entry> const replaced_name(replaced);
    owned::again([&] {
        old->counted = false;
        entered.counted = counts;
    });
    changed();
    target.changed();
    moved.touch_changed();
    if (retired != nullptr)
        retired->touch_changed();
    return {};
}

Result<void> Directory::exchange(std::string_view from_name, Directory& to,
                                 std::string_view to_name) {
    {
        auto const both = ksync::lock_pair(entries_, to.entries_);
        Entry* const one = both.first().find(from_name);
        Entry* const other = both.second().find(to_name);
        if (one == nullptr || other == nullptr)
            return fail(Errno::enoent);
        both.first().exchange(*one, both.second(), *other, both.last().undo());
    }
    changed();
    to.changed();
    return {};
}

Result<void> Directory::list(vfs::DirectorySink& into, u64 from) {
    auto const entries = entries_.lock();
    for (Entry const* entry = entries->from(from); entry != nullptr; entry = entry->older)
        if (!into.take(entry->name, entry->inode->number(), entry->inode->kind(),
                       entry->position + 1))
            break;
    return {};
}

Result<Ref<vfs::File>> Directory::open(vfs::Place const& at, Flags<uapi::Open> flags) {
    return make_ref<DirectoryFile>(at, flags, *this);
}

} // namespace memfs
