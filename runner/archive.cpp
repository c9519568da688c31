// Making and reading initramfs archives (newc cpio, through libarchive).
#include "runner/archive.hpp"

#include "runner/failure.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <unistd.h>

namespace runner {
namespace {

struct EntryFree {
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

struct ReaderFree {
    void operator()(archive* reader) const { archive_read_free(reader); }
};

using Entry = std::unique_ptr<archive_entry, EntryFree>;
using Reader = std::unique_ptr<archive, ReaderFree>;

/// libarchive gives no text for some errors.
std::string error_text(archive* of) {
    char const* const text = archive_error_string(of);
    return text ? text : "not a readable archive";
}

Entry make_entry(std::string const& path, unsigned type, unsigned mode) {
    Entry entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), path.c_str());
    archive_entry_set_filetype(entry.get(), type);
    archive_entry_set_perm(entry.get(), mode);
    archive_entry_set_mtime(entry.get(), 0, 0);
    archive_entry_set_nlink(entry.get(), 1);
    archive_entry_set_size(entry.get(), 0);
    return entry;
}

Reader open_archive(std::string_view bytes) {
    Reader reader(archive_read_new());
    archive_read_support_filter_all(reader.get());
    archive_read_support_format_cpio(reader.get());
    archive_read_support_format_tar(reader.get());
    if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
        throw Failure(error_text(reader.get()));
    return reader;
}

std::string plain_name(char const* path) {
    std::string_view name = path;
    while (name.starts_with("./") || name.starts_with("/"))
        name.remove_prefix(name.front() == '.' ? 2 : 1);
    return std::string(name);
}

la_ssize_t append(archive*, void* bytes, void const* data, std::size_t size) {
    static_cast<std::string*>(bytes)->append(static_cast<char const*>(data), size);
    return static_cast<la_ssize_t>(size);
}

} // namespace

ArchiveWriter::ArchiveWriter() : archive_(archive_write_new()) {
    archive_write_set_format_cpio_newc(archive_);
    archive_write_set_bytes_per_block(archive_, 512);
    archive_write_open(archive_, &bytes_, nullptr, append, nullptr);
}

ArchiveWriter::~ArchiveWriter() {
    archive_write_free(archive_);
}

void ArchiveWriter::add(archive_entry* entry) {
    if (archive_entry_ino64(entry) == 0) // ours; entries that are copied keep their hard links
        archive_entry_set_ino64(entry, ++last_inode_);
    if (archive_write_header(archive_, entry) < ARCHIVE_WARN)
        throw Failure(fmt::format("{}: {}", archive_entry_pathname(entry), error_text(archive_)));
}

void ArchiveWriter::directory(std::string const& path, unsigned mode) {
    auto const entry = make_entry(path, AE_IFDIR, mode);
    archive_entry_set_nlink(entry.get(), 2);
    add(entry.get());
}

void ArchiveWriter::file(std::string const& path, unsigned mode, std::string_view content) {
    auto const entry = make_entry(path, AE_IFREG, mode);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    add(entry.get());
    archive_write_data(archive_, content.data(), content.size());
}

void ArchiveWriter::symlink(std::string const& path, std::string const& target) {
    auto const entry = make_entry(path, AE_IFLNK, 0777);
    archive_entry_set_symlink(entry.get(), target.c_str());
    add(entry.get());
}

void ArchiveWriter::character_device(std::string const& path, unsigned mode, unsigned major,
                                     unsigned minor) {
    auto const entry = make_entry(path, AE_IFCHR, mode);
    archive_entry_set_rdevmajor(entry.get(), major);
    archive_entry_set_rdevminor(entry.get(), minor);
    add(entry.get());
}

void ArchiveWriter::copy_entries(archive* from, std::string const& what) {
    archive_entry* entry = nullptr;
    int result = ARCHIVE_OK;
    while ((result = archive_read_next_header(from, &entry)) == ARCHIVE_OK ||
           result == ARCHIVE_WARN) {
        auto const name = plain_name(archive_entry_pathname(entry));
        if (name.empty() || name == ".")
            continue;
        archive_entry_set_pathname(entry, name.c_str());
        add(entry);
        std::array<char, 65536> block{};
        la_ssize_t got = 0;
        while ((got = archive_read_data(from, block.data(), block.size())) > 0)
            archive_write_data(archive_, block.data(), static_cast<std::size_t>(got));
        if (got < 0)
            throw Failure(fmt::format("{}: {}: {}", what, name, error_text(from)));
    }
    if (result != ARCHIVE_EOF)
        throw Failure(fmt::format("{}: {}", what, error_text(from)));
}

void ArchiveWriter::tree(std::string const& directory) {
    Reader const disk(archive_read_disk_new());
    archive_read_disk_set_behavior(disk.get(), ARCHIVE_READDISK_NO_XATTR | ARCHIVE_READDISK_NO_ACL);
    archive_read_disk_set_symlink_physical(disk.get());
    if (archive_read_disk_open(disk.get(), directory.c_str()) != ARCHIVE_OK)
        throw Failure(fmt::format("{}: {}", directory, error_text(disk.get())));
    archive_entry* entry = nullptr;
    int result = ARCHIVE_OK;
    while ((result = archive_read_next_header(disk.get(), &entry)) == ARCHIVE_OK) {
        archive_read_disk_descend(disk.get());
        std::string_view path = archive_entry_pathname(entry);
        path.remove_prefix(std::min(path.size(), directory.size()));
        auto const name = plain_name(std::string(path).c_str());
        if (name.empty())
            continue;
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_uid(entry, 0);
        archive_entry_set_gid(entry, 0);
        add(entry);
        std::array<char, 65536> block{};
        la_ssize_t got = 0;
        if (archive_entry_size(entry) > 0)
            while ((got = archive_read_data(disk.get(), block.data(), block.size())) > 0)
                archive_write_data(archive_, block.data(), static_cast<std::size_t>(got));
        if (got < 0)
            throw Failure(fmt::format("{}: {}", name, error_text(disk.get())));
    }
    if (result != ARCHIVE_EOF)
        throw Failure(fmt::format("{}: {}", directory, error_text(disk.get())));
}

void ArchiveWriter::entries_of(std::string_view bytes) {
    auto const reader = open_archive(bytes);
    copy_entries(reader.get(), "initrd");
}

std::string ArchiveWriter::finish() {
    archive_write_close(archive_);
    return std::move(bytes_);
}

Listing list_archive(std::string_view bytes) {
    Listing listing;
    try {
        auto const reader = open_archive(bytes);
        archive_entry* entry = nullptr;
        int result = ARCHIVE_OK;
        while ((result = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK ||
               result == ARCHIVE_WARN)
            listing.modes[plain_name(archive_entry_pathname(entry))] = archive_entry_mode(entry);
        if (result != ARCHIVE_EOF)
            listing.error = error_text(reader.get());
    } catch (Failure const& failure) {
        listing.error = failure.what();
    }
    return listing;
}

} // namespace runner
