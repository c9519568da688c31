// Files whose text is made when they are read, and directories of fixed or computed names.
#include "kernel/vfs/generated_file.hpp"

#include <algorithm>

namespace vfs {

namespace {

/// One reader's snapshot of the text.
class GeneratedOpenFile final : public File {
public:
    GeneratedOpenFile(Place place, OpenFlags flags, GeneratedFile& file)
        : File(std::move(place), flags), file_(file) {}

protected:
    Result<usize> read_bytes(mem::Sink& into, u64 offset) override {
        auto const text = text_.lock();
        if (!text->made || offset == 0) {
            text->characters.clear();
            StringSink sink(text->characters);
            TRY(file_.generate(sink));
            text->made = true;
        }
        ConstBytes const bytes = bytes_of(text->characters.view());
        if (offset >= bytes.size())
            return usize{0};
        return into.write(bytes.subspan(offset, std::min(bytes.size() - offset, into.left())));
    }

    Result<Written> write_bytes(mem::Source& from, u64 offset) override {
        constexpr usize longest = 4096;
        String text;
        char piece[256];
        while (from.left() != 0 && text.size() < longest) {
            usize const count = TRY(from.read(std::as_writable_bytes(std::span(piece))));
            text.append({piece, count});
        }
        TRY(file_.store(text));
        return Written{text.size(), offset + text.size()};
    }

private:
    struct Text {
        String characters;
        bool made = false;

        bool recover() {
            made = false;
            return true;
        }
    };

    GeneratedFile& file_; ///< kept alive by place()
    ksync::SleepLocked<Text, ksync::Rank::inode> text_;
};

class GeneratedOpenDirectory final : public File {
public:
    GeneratedOpenDirectory(Place place, OpenFlags flags, GeneratedDirectory& directory)
        : File(std::move(place), flags), directory_(directory) {}

protected:
    Result<void> list_entries(DirectorySink& into, u64 from) override {
        return directory_.list(into, from);
    }

private:
    GeneratedDirectory& directory_;
};

Attributes generated(Kind kind, u32 permissions, u32 links) {
    Attributes attributes;
    attributes.kind = kind;
    attributes.permissions = permissions;
    attributes.links = links;
    attributes.block_size = 1024;
    return attributes;
}

class SimpleFile final : public GeneratedFile {
public:
    SimpleFile(FileSystem& file_system, u32 permissions, Result<void> (*function)(TextSink&))
        : GeneratedFile(file_system, permissions), generate_(function) {}

    Result<void> generate(TextSink& into) override { return generate_(into); }

private:
    Result<void> (*generate_)(TextSink&);
};

} // namespace

GeneratedFile::GeneratedFile(FileSystem& file_system, u32 permissions)
    : Inode(file_system, generated(Kind::regular, permissions, 1)) {}

Result<Ref<File>> GeneratedFile::open(Place const& at, OpenFlags flags) {
    TRY(check_open(flags));
    return make_ref<GeneratedOpenFile>(at, flags, *this);
}

Result<void> GeneratedFile::generate(TextSink&) {
    return fail(Errno::eio);
}

Result<void> GeneratedFile::store(std::string_view) {
    return fail(Errno::eio); // what Linux says for a /proc file without a writer
}

Result<Ref<Inode>> simple_file(FileSystem& file_system, u32 permissions,
                               Result<void> (*generate)(TextSink& into)) {
    return make_ref<SimpleFile>(file_system, permissions, generate);
}

GeneratedDirectory::GeneratedDirectory(FileSystem& file_system, u32 permissions)
    : Inode(file_system, generated(Kind::directory, permissions, 2)) {}

Result<Ref<File>> GeneratedDirectory::open(Place const& at, OpenFlags flags) {
    return make_ref<GeneratedOpenDirectory>(at, flags, *this);
}

Result<void> GeneratedDirectory::list(DirectorySink&, u64) {
    return fail(Errno::eio);
}

void FixedDirectory::add(std::string_view name, Ref<Inode> inode) {
    if (inode->is_directory())
        change_links(+1);
    entries_.push_back(Entry{String(name), std::move(inode)});
}

Result<Ref<Inode>> FixedDirectory::lookup(std::string_view name) {
    for (Entry const& entry : entries_)
        if (entry.name == name)
            return entry.inode;
    return fail(Errno::enoent);
}

Result<void> FixedDirectory::list(DirectorySink& into, u64 from) {
    for (u64 position = from; position - 2 < entries_.size(); ++position) {
        Entry const& entry = entries_[position - 2];
        if (!into.take(entry.name, entry.inode->number(), entry.inode->kind(), position + 1))
            break;
    }
    return {};
}

GeneratedLink::GeneratedLink(FileSystem& file_system)
    : Inode(file_system, generated(Kind::symbolic_link, 0777, 1)) {}

} // namespace vfs
