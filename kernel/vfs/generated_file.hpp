// Files whose text is made when they are opened, and directories of fixed or computed names: what
// /proc is built of.
#pragma once

#include "kernel/vfs/file.hpp"
#include "libs/base/format.hpp"

namespace vfs {

/// A regular file. Its text is produced at the first read (and again after a seek to 0), so every
/// reader sees one consistent snapshot.
class GeneratedFile : public Inode {
public:
    Result<Ref<File>> open(Place const& at, OpenFlags flags) override;

    /// Appends the whole text to `into`. Errors become those of read(2). EIO by default: of an
    /// abstract class there would be no destructor to call again (docs/decisions/031).
    virtual Result<void> generate(TextSink& into);

    /// write(2) of a settable file, one call per write. EIO by default.
    virtual Result<void> store(std::string_view text);

    /// O_TRUNC before a write has nothing to drop.
    Result<void> truncate(u64) override { return {}; }

    /// Checked at open: EACCES and the like.
    virtual Result<void> check_open(OpenFlags) { return {}; }

protected:
    GeneratedFile(FileSystem& file_system, u32 permissions);

    GeneratedFile(FileSystem& file_system, Attributes const& attributes)
        : Inode(file_system, attributes) {}
};

/// A GeneratedFile of one plain function: `simple(fs, 0444, write_uptime)`.
Result<Ref<Inode>> simple_file(FileSystem& file_system, u32 permissions,
                               Result<void> (*generate)(TextSink& into));

/// A directory whose names are computed. Answers are not cached unless names_are_cacheable() says
/// so.
class GeneratedDirectory : public Inode {
public:
    Result<Ref<File>> open(Place const& at, OpenFlags flags) override;

    bool names_are_cacheable() const override { return false; }

    // lookup() is the implementer's, from Inode.

    /// Entries with position >= `from` (positions start at 2), in rising order. EIO by default,
    /// like generate().
    virtual Result<void> list(DirectorySink& into, u64 from);

protected:
    GeneratedDirectory(FileSystem& file_system, u32 permissions);

    GeneratedDirectory(FileSystem& file_system, Attributes const& attributes)
        : Inode(file_system, attributes) {}
};

/// A GeneratedDirectory over a list that does not change after it is built.
class FixedDirectory : public GeneratedDirectory {
public:
    FixedDirectory(FileSystem& file_system, u32 permissions)
        : GeneratedDirectory(file_system, permissions) {}

    void add(std::string_view name, Ref<Inode> inode);
    Result<Ref<Inode>> lookup(std::string_view name) override;
    Result<void> list(DirectorySink& into, u64 from) override;

private:
    struct Entry {
        String name;
        Ref<Inode> inode;
    };

    Vector<Entry> entries_;
};

/// A symbolic link whose target is computed when it is read.
class GeneratedLink : public Inode {
protected:
    explicit GeneratedLink(FileSystem& file_system);

    GeneratedLink(FileSystem& file_system, Attributes const& attributes)
        : Inode(file_system, attributes) {}

    // read_link() is the implementer's, from Inode.
};

} // namespace vfs
