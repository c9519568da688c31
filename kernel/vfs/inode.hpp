// Inode: one file of a file system, whatever its names; what file systems implement.
#pragma once

#include "kernel/mem/address_space.hpp"
#include "kernel/sync/locked.hpp"
#include "kernel/sync/sound.hpp"
#include "kernel/vfs/credentials.hpp"
#include "kernel/vfs/types.hpp"
#include "libs/base/box.hpp"
#include "libs/base/string.hpp"

#include <string_view>

namespace vfs {

class Dentry;
class File;
class FileLocks;
class FileSystem;
class Inode;
class Pipe;
struct Place;

/// What a symbolic link leads to: text, or (the links in /proc/PID) a place itself.
struct LinkTarget {
    String text;
    Box<Place> place; ///< when not empty, the walk jumps there and `text` is only shown
    LinkTarget();
    LinkTarget(String text);
    LinkTarget(String text, Place place);
    LinkTarget(LinkTarget&&);
    LinkTarget& operator=(LinkTarget&&);
    ~LinkTarget();
};

/// How a new inode starts; made by the VFS from the caller's credentials and umask.
struct NewInode {
    Kind kind = Kind::regular;
    u32 permissions = 0;
    Uid uid{};
    Gid gid{};
    DeviceNumber special{};
    std::string_view target{}; ///< of a symbolic link
};

/// Permissions without the set-user-id bit, and without set-group-id where the group executes.
constexpr u32 without_set_id(u32 permissions) {
    u32 const kept = permissions & ~uapi::s_isuid;
    return (kept & uapi::s_ixgrp) != 0 ? kept & ~uapi::s_isgid : kept;
}

enum class RenameRule { replace, no_replace, exchange };

/// What a directory's lock protects: its names, in the file system and in the dentry cache. The
/// former is the truth: an operation is done when the file system has done it.
struct DirectoryNames {
    explicit DirectoryNames(Inode* of) : directory(of) {}

    Inode* directory;

    bool recover();
};

/// The VFS holds the directory lock of every directory whose names an operation reads or changes,
/// and has checked permissions, kinds and mount points; the file system checks what only it can
/// know (ENOTEMPTY, ENOSPC, a directory removed meanwhile: ENOENT). A change of names is done or
/// not done, also when a bug ends it.
class Inode : public RefCounted {
public:
    ~Inode() override;

    FileSystem& file_system() const { return *file_system_; }

    Kind kind() const { return kind_; }

    u64 number() const { return number_; }

    bool is_directory() const { return kind_ == Kind::directory; }

    /// Whether everybody may execute or search this, whoever it belongs to: known without a lock,
    /// as every walk asks it of every directory on its way.
    bool open_to_all() const { return open_to_all_.load(MemoryOrder::relaxed); }

    /// Takes the set-user-id bit, and set-group-id where the group executes, before contents
    /// change.
    void drop_set_id_bits();

    /// Made by O_TMPFILE without O_EXCL: gets a first name by linkat().
    void allow_first_link() { may_get_first_link_.store(true); }

    bool may_get_first_link() const { return may_get_first_link_.load(); }

    // Attributes. The default keeps them in this object; permissions are there in any case.
    virtual Attributes attributes();
    virtual Result<void> set_attributes(AttributeChange const& change);

    // Directories. Names are single components, neither "." nor "..".
    /// ENOENT when there is no such name.
    virtual Result<Ref<Inode>> lookup(std::string_view name);
    virtual Result<Ref<Inode>> create(std::string_view name, NewInode const& as);
    virtual Result<void> link(std::string_view name, Inode& existing);
    virtual Result<void> unlink(std::string_view name, Inode& victim);
    virtual Result<void> remove_directory(std::string_view name, Inode& victim);
    /// `victim` is what `to_name` names in `to` now, or nullptr.
    virtual Result<void> rename(std::string_view from_name, Inode& moved, Inode& to,
                                std::string_view to_name, Inode* victim, RenameRule rule);
    /// An inode that no directory names (O_TMPFILE).
    virtual Result<Ref<Inode>> create_nameless(NewInode const& as);

    /// Whether answers of lookup() may be kept in the dentry cache. False for /proc/PID and the
    /// like.
    virtual bool names_are_cacheable() const { return true; }

    /// The text or place a symbolic link leads to. `who` matters only in /proc.
    virtual Result<LinkTarget> read_link(Credentials const& who);

    /// An open file on this inode: regular files, directories, and device nodes of file systems
    /// that bring their own devices. Devices and FIFOs are opened by the VFS.
    virtual Result<Ref<File>> open(Place const& at, Flags<uapi::Open> flags);

    /// Regular files: sets the size, dropping or growing contents. EINVAL for others.
    virtual Result<void> truncate(u64 size);

    /// Marks contents as read or changed now.
    void touch_accessed();
    void touch_modified();
    void touch_changed();

    /// st_nlink goes up or down; stamps the change.
    void change_links(int by);

    /// ETXTBSY when the file is open for writing or being executed, respectively.
    Result<void> begin_writing();
    void end_writing() noexcept;
    Result<void> begin_execution();
    void end_execution() noexcept;

    /// Taken by the VFS around lookups and changes of a directory's names.
    using DirectoryLock = ksync::SleepLocked<DirectoryNames, ksync::Rank::directory>;

    DirectoryLock& directory_lock() { return directory_lock_; }

    /// Advisory locks, made at first use.
    FileLocks& locks();

    FileLocks* locks_if_any() const { return locks_.load(); } ///< nullptr before the first

    /// The pipe behind a FIFO, made at first open.
    Ref<Pipe> fifo();

protected:
    Inode(FileSystem& file_system, Attributes const& attributes);

private:
    void set_permissions(Attributes& attributes, u32 permissions);

    Ref<FileSystem> file_system_;
    Kind const kind_;
    u64 const number_;
    ksync::SpinLocked<ksync::Independent<Attributes>, ksync::Rank::attributes> attributes_;
    Atomic<bool> open_to_all_{false}; ///< changed under the lock of attributes_
    Atomic<bool> sets_id_{false};     ///< likewise
    Atomic<bool> may_get_first_link_{false};
    DirectoryLock directory_lock_{this};
    Atomic<i32> writers_{0}; ///< negative: that many executions
    Atomic<FileLocks*> locks_{nullptr};
    Atomic<Pipe*> fifo_{nullptr};
};

} // namespace vfs
