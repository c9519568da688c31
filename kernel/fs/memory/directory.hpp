// A directory in memory: its names, by name for lookups and by age for listing.
#pragma once

#include "kernel/fs/memory/file_system.hpp"
#include "kernel/vfs/file.hpp"

#include <boost/intrusive/set.hpp>

namespace memfs {

/// What Linux's tmpfs counts for one name in a directory's size, "." and ".." included.
inline constexpr u64 bytes_per_entry = 20;
inline constexpr u64 empty_directory_size = 2 * bytes_per_entry;

/// One name. Linux lists tmpfs newest first, and programs' output shows it; so do we.
struct Entry : boost::intrusive::set_base_hook<boost::intrusive::tag<struct ByName>>,
               boost::intrusive::set_base_hook<boost::intrusive::tag<struct ByAge>> {
    Entry(std::string_view text, Ref<vfs::Inode> leads_to)
        : name(text), inode(std::move(leads_to)) {}

    String name;
    Ref<vfs::Inode> inode;
    u64 position = 0; ///< in listings: smaller is newer
};

class Entries {
public:
    Entries() = default;
    Entries(Entries const&) = delete;
    Entries& operator=(Entries const&) = delete;
    ~Entries();

    Entry* find(std::string_view name);
    /// The name must be free.
    void insert(Box<Entry> entry);
    Box<Entry> take(std::string_view name);

    usize size() const { return by_name_.size(); }

    /// The entry at `position` or the next after it.
    Entry* from(u64 position);

    bool removed = false; ///< rmdir happened: nothing can be added

private:
    struct NameOf {
        using type = std::string_view;

        type operator()(Entry const& entry) const { return entry.name.view(); }
    };

    struct PositionOf {
        using type = u64;

        type operator()(Entry const& entry) const { return entry.position; }
    };

    using NameHook = boost::intrusive::set_base_hook<boost::intrusive::tag<ByName>>;
    using AgeHook = boost::intrusive::set_base_hook<boost::intrusive::tag<ByAge>>;

    boost::intrusive::set<Entry, boost::intrusive::base_hook<NameHook>,
                          boost::intrusive::key_of_value<NameOf>>
        by_name_;
    boost::intrusive::set<Entry, boost::intrusive::base_hook<AgeHook>,
                          boost::intrusive::key_of_value<PositionOf>>
        by_age_;
    u64 next_position_ = u64{1} << 62;
};

class Directory final : public vfs::Inode {
public:
    Directory(MemoryFileSystem& file_system, vfs::Attributes const& attributes, InodeShare share);

    vfs::Attributes attributes() override;
    Result<Ref<vfs::Inode>> lookup(std::string_view name) override;
    Result<Ref<vfs::Inode>> create(std::string_view name, vfs::NewInode const& as) override;
    Result<Ref<vfs::Inode>> create_nameless(vfs::NewInode const& as) override;
    Result<void> link(std::string_view name, vfs::Inode& existing) override;
    Result<void> unlink(std::string_view name, vfs::Inode& victim) override;
    Result<void> remove_directory(std::string_view name, vfs::Inode& victim) override;
    Result<void> rename(std::string_view from_name, vfs::Inode& moved, vfs::Inode& to,
                        std::string_view to_name, vfs::Inode* victim,
                        vfs::RenameRule rule) override;
    Result<Ref<vfs::File>> open(vfs::Place const& at, Flags<uapi::Open> flags) override;

    Result<void> list(vfs::DirectorySink& into, u64 from);
    MemoryFileSystem& memory() const;

private:
    Result<Ref<vfs::Inode>> make_inode(vfs::NewInode const& as);
    Result<void> add(std::string_view name, Ref<vfs::Inode> inode);
    Result<Box<Entry>> take(std::string_view name);
    Result<void> exchange(std::string_view from_name, Directory& to, std::string_view to_name);
    /// Marks as removed if empty: ENOTEMPTY.
    Result<void> retire();
    void changed();

    InodeShare share_;
    ksync::SleepLocked<Entries, ksync::Rank::inode> entries_;
};

} // namespace memfs
