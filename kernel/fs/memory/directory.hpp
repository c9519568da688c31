// A directory in memory: its names, by name for lookups and by age for listing.
#pragma once

#include "kernel/fs/memory/file_system.hpp"
#include "kernel/sync/undo_log.hpp"
#include "kernel/vfs/file.hpp"

#include <boost/intrusive/set.hpp>

namespace memfs {

/// What Linux's tmpfs counts for one name in a directory's size, "." and ".." included.
inline constexpr u64 bytes_per_entry = 20;
inline constexpr u64 empty_directory_size = 2 * bytes_per_entry;

/// One name. It counts among its inode's links until it is gone, unless that is a directory.
struct Entry
    : boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>> {
    Entry(std::string_view text, Ref<vfs::Inode> leads_to, bool counts)
        : name(text), inode(std::move(leads_to)), counted(counts) {}

    ~Entry() {
        if (counted)
            inode->change_links(-1);
    }

    String name;
    Ref<vfs::Inode> inode;
    bool counted;
    u64 position = 0;       ///< in listings: smaller is newer
    Entry* older = nullptr; ///< the next in listings
    Entry** link = nullptr; ///< what leads to this, of those in `older`
};

/// What stat says of a directory, read without its lock.
struct NameCounts {
    Atomic<u64> size{empty_directory_size};
    Atomic<u32> links{2};
};

/// The names of a directory. Linux lists tmpfs newest first, and programs' output shows it; so do
/// we.
///
/// The list is the truth, and each change of it is in the undo log: after a bug amid a critical
/// section the list is as before, and everything else is made anew from it. So what is taken out
/// may be freed only after the section.
class Entries {
public:
    explicit Entries(NameCounts& counts) : counts_(counts) {}

    Entries(Entries const&) = delete;
    Entries& operator=(Entries const&) = delete;
    ~Entries();

    using Undo = ksync::UndoLog<4>;

    void begin_section() { undo_.begin(); }

    bool recover();

    /// Of a change that two directories share it is the one's whose lock was taken last.
    Undo& undo() { return undo_; }

    Entry* find(std::string_view name);
    /// The name must be free. The entry is the directory's when the section is over.
    void insert(Entry& entry, Undo& undo);
    void take(Entry& entry, Undo& undo);
    /// The inodes of two entries, of this and another directory.
    void exchange(Entry& own, Entries& others, Entry& other, Undo& undo);

    bool empty() const { return first_ == nullptr; }

    /// The entry at `position` or the next after it.
    Entry const* from(u64 position) const;

    /// rmdir happened, and nothing can be added; or, before it is over, failed.
    void set_removed(bool removed);

    bool removed() const { return removed_; }

private:
    struct NameOf {
        using type = std::string_view;

        type operator()(Entry const& entry) const { return entry.name.view(); }
    };

    void count(Entry const& entry, int by);
    void publish();

    NameCounts& counts_;
    Entry* first_ = nullptr; ///< the newest
    bool removed_ = false;
    u64 next_position_ = u64{1} << 62;
    u64 names_ = 0;
    u32 directories_ = 0;
    boost::intrusive::set<Entry, boost::intrusive::key_of_value<NameOf>> by_name_;
    Undo undo_;
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
    using LockedEntries = ksync::SleepLocked<Entries, ksync::Rank::inode>;

    Result<Ref<vfs::Inode>> make_inode(vfs::NewInode const& as, u32 links);
    Result<void> add(Box<Entry> entry);
    Result<void> take(std::string_view name);
    Result<void> exchange(std::string_view from_name, Directory& to, std::string_view to_name);
    /// Marks as removed if empty: ENOTEMPTY.
    Result<void> retire();
    void unretire() noexcept;
    void changed();

    InodeShare share_;
    NameCounts counts_;
    LockedEntries entries_{counts_};
};

} // namespace memfs
