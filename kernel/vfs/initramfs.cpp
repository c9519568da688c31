// Unpacks an initial RAM file system into the root, with Linux's rules for what is there already.
#include "kernel/vfs/initialise.hpp"
#include "kernel/vfs/operations.hpp"
#include "libs/cpio/cpio.hpp"

namespace vfs {

namespace {

/// Entries become files through the same operations that programs use, as root without a umask.
/// What cannot be created is skipped (a missing parent directory, for one), as Linux does.
class Unpacker final : public cpio::Visitor {
public:
    explicit Unpacker(Ref<MountTree> mounts) : caller_(Caller::kernel(std::move(mounts))) {}

    Result<void> entry(cpio::Entry const& entry) override {
        file_ = {};
        remove_other_kind(entry);
        auto const done = create(entry);
        if (!done && done.error().code() == Errno::enomem)
            return done;
        if (done && !entry.same_as.empty() && entry.size == 0)
            return {};
        if (done)
            set_attributes(entry);
        return {};
    }

    Result<void> data(ConstBytes bytes) override {
        if (!file_)
            return {};
        auto source = mem::Source::kernel(bytes);
        if (TRY(file_->write(source)) != bytes.size())
            return fail(Errno::enospc);
        return {};
    }

    Result<void> finished() override {
        if (file_) {
            AttributeChange times;
            times.accessed = times.modified = modified_;
            static_cast<void>(file_->inode().set_attributes(times));
        }
        file_ = {};
        return {};
    }

private:
    Place const& root() const { return caller_.root; }

    /// A later entry replaces an earlier one of another kind.
    void remove_other_kind(cpio::Entry const& entry) {
        auto const present = walk(caller_, root(), entry.name, WalkFlags());
        if (!present || !present->inode())
            return;
        Kind const kind = static_cast<Kind>(entry.mode & uapi::s_ifmt);
        if (present->inode()->kind() == kind && kind != Kind::symbolic_link)
            return;
        if (present->inode()->is_directory())
            static_cast<void>(remove_directory(caller_, root(), entry.name));
        else
            static_cast<void>(unlink(caller_, root(), entry.name));
    }

    Result<void> create(cpio::Entry const& entry) {
        using enum cpio::Entry::Type;
        u32 const permissions = entry.mode & 07777;
        switch (entry.type()) {
        case directory: {
            auto const made = make_directory(caller_, root(), entry.name, permissions);
            if (!made && made.error() != Errno::eexist)
                return made;
            return {};
        }
        case regular:
            return create_regular(entry, permissions);
        case symbolic_link:
            return make_symbolic_link(caller_, entry.target, root(), entry.name);
        case character_device:
        case block_device:
        case fifo:
        case socket: {
            auto const made =
                make_node(caller_, root(), entry.name, static_cast<Kind>(entry.mode & uapi::s_ifmt),
                          permissions, {entry.special_major, entry.special_minor});
            if (!made && made.error() != Errno::eexist)
                return made;
            return {};
        }
        }
        return {}; // an unknown type is ignored, as on Linux
    }

    Result<void> create_regular(cpio::Entry const& entry, u32 permissions) {
        if (!entry.same_as.empty()) {
            Place const first = TRY(walk(caller_, root(), entry.same_as, WalkFlags()));
            static_cast<void>(unlink(caller_, root(), entry.name));
            TRY(make_link(caller_, first, root(), entry.name));
            if (entry.size == 0)
                return {};
        }
        OpenFlags flags = OpenFlags(uapi::Open::write_only) | uapi::Open::create;
        if (entry.same_as.empty() || entry.size != 0)
            flags |= uapi::Open::truncate;
        file_ = TRY(open(caller_, root(), entry.name, flags, permissions));
        modified_ = Nanoseconds::seconds(entry.mtime);
        return {};
    }

    void set_attributes(cpio::Entry const& entry) {
        auto const place = walk(caller_, root(), entry.name, WalkFlags());
        if (!place)
            return;
        AttributeChange change;
        change.uid = static_cast<Uid>(entry.uid);
        change.gid = static_cast<Gid>(entry.gid);
        if (place->inode()->kind() != Kind::symbolic_link)
            change.permissions = entry.mode & 07777;
        change.accessed = change.modified = Nanoseconds::seconds(entry.mtime);
        static_cast<void>(place->inode()->set_attributes(change));
    }

    Caller caller_;
    Ref<File> file_;
    Nanoseconds modified_{};
};

} // namespace

std::expected<void, UnpackFailure> unpack_initramfs(Ref<MountTree> mounts, ConstBytes image) {
    Unpacker unpacker(std::move(mounts));
    auto const unpacked = cpio::unpack(image, unpacker);
    if (!unpacked)
        return std::unexpected(UnpackFailure{unpacked.error().cause, unpacked.error().offset});
    return {};
}

} // namespace vfs
