// Making and reading initramfs archives (newc cpio, through libarchive).
#pragma once

#include <map>
#include <string>
#include <string_view>

struct archive;
struct archive_entry;

namespace runner {

/// Collects files and turns them into one newc cpio; equal content gives equal bytes.
class ArchiveWriter {
public:
    ArchiveWriter();
    ArchiveWriter(ArchiveWriter const&) = delete;
    ~ArchiveWriter();

    void directory(std::string const& path, unsigned mode);
    void file(std::string const& path, unsigned mode, std::string_view content);
    void symlink(std::string const& path, std::string const& target);
    void character_device(std::string const& path, unsigned mode, unsigned major, unsigned minor);

    /// Adds everything under a host directory, owned by root in the guest.
    void tree(std::string const& directory);
    /// Adds every entry of an archive in memory (cpio or tar, compressed or not).
    void entries_of(std::string_view archive);

    /// Ends the archive and gives its bytes, padded so that another may follow.
    std::string finish();

private:
    void add(archive_entry* entry);
    void copy_entries(archive* from, std::string const& what);

    archive* archive_;
    std::string bytes_;
    long last_inode_ = 0x70000000;
};

/// The names in an archive, without a leading "./" or "/", and whether it could be read to its end.
struct Listing {
    std::map<std::string, unsigned> modes;
    std::string error;

    bool has(std::string const& name) const { return modes.contains(name); }
};

Listing list_archive(std::string_view archive);

} // namespace runner
