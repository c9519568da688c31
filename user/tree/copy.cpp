// Copying files and trees.
#include "user/options/options.hpp"
#include "user/os/directory.hpp"
#include "user/os/special.hpp"
#include "user/tree/tree.hpp"

namespace tree {
namespace {

constexpr usize piece = 128_KiB;

Result<void> copy_bytes_of(os::File const& from, os::File const& to) {
    Vector<char> buffer(piece);
    auto const bytes = std::as_writable_bytes(std::span(buffer.data(), buffer.size()));
    for (;;) {
        usize const count = TRY(from.read(bytes));
        if (count == 0)
            return {};
        TRY(to.write(bytes.first(count)));
    }
}

Result<void> keep_attributes(std::string_view to, os::FileStatus const& status) {
    TRY(os::change_owner(to, status.owner, status.group, os::Links::not_follow));
    if (status.type != os::FileType::symbolic_link)
        TRY(os::change_mode(to, status.mode)); // after the owner, who would lose set-id bits
    return os::set_times(to, status.accessed, status.modified, os::Links::not_follow);
}

os::Mode permissions(os::FileStatus const& status) {
    return os::Mode(static_cast<u32>(status.mode) & 0777);
}

Result<void> copy_file(std::string_view from, std::string_view to, os::FileStatus const& status) {
    auto const source = TRY(os::File::open(from));
    return copy_bytes_of(source, TRY(os::File::create(to, permissions(status))));
}

bool is_inside(std::string_view path, os::FileStatus const& directory) {
    // Upwards from where it will be: the directory, or one inside it?
    for (String at = path; at.size() < 4000;) {
        auto const slash = at.view().rfind('/');
        String const parent = slash == std::string_view::npos ? String(".")
                              : slash == 0                    ? String("/")
                                                              : String(at.view().substr(0, slash));
        auto const status = os::status(parent);
        if (status && status->inode == directory.inode && status->device == directory.device)
            return true;
        if (parent == "." || parent == "/")
            return false;
        at = parent;
    }
    return false;
}

bool copy_directory(std::string_view from, std::string_view to, os::FileStatus const& status,
                    CopyOptions const& options) {
    if (is_inside(to, status)) {
        complain(from, "a directory cannot be copied into itself");
        return false;
    }
    auto const names = os::list_directory(from);
    if (!names) {
        complain(from, names.error());
        return false;
    }
    auto const there = os::status(to);
    if (!there || there->type != os::FileType::directory) {
        // Writable for now, whatever it will be.
        auto const made = os::make_directory(to, os::Mode(0700));
        if (!made) {
            complain(to, made.error());
            return false;
        }
    }
    bool all = true;
    for (auto const& name : *names)
        all = copy(join(from, name), join(to, name), options) && all;
    auto const mode = os::set_creation_mask(os::Mode(0));
    os::set_creation_mask(mode);
    if (!there && !options.keep)
        (void)os::change_mode(
            to, os::Mode(static_cast<u32>(permissions(status)) & ~static_cast<u32>(mode)));
    return all;
}

} // namespace

bool copy(std::string_view from, std::string_view to, CopyOptions const& options) {
    auto const status =
        os::status(from, options.recursive ? os::Links::not_follow : os::Links::follow);
    if (!status) {
        complain(from, status.error());
        return false;
    }
    auto const there = os::status(to, os::Links::not_follow);
    if (there && there->inode == status->inode && there->device == status->device) {
        complain(to, format("is the same file as {}", from));
        return false;
    }
    bool const directory = status->type == os::FileType::directory;
    if (there && !directory && options.keep_existing)
        return true;
    if (directory && !options.recursive) {
        complain(from, "is a directory; -r copies those");
        return false;
    }
    bool good = true;
    Result<void> done;
    switch (status->type) {
    case os::FileType::directory:
        good = copy_directory(from, to, *status, options);
        break;
    case os::FileType::symbolic_link: {
        if (there)
            (void)os::remove(to);
        auto const target = os::read_link(from);
        done = target ? os::make_symbolic_link(*target, to) : std::unexpected(target.error());
        break;
    }
    case os::FileType::fifo:
    case os::FileType::character_device:
    case os::FileType::block_device:
    case os::FileType::socket:
        if (options.recursive) {
            done = os::make_special(to, status->type, permissions(*status), status->special_device);
            break;
        }
        [[fallthrough]];
    default:
        done = copy_file(from, to, *status);
    }
    if (done && good && options.keep)
        done = keep_attributes(to, *status);
    if (!done) {
        complain(to, done.error());
        return false;
    }
    if (good && options.verbose)
        os::print("{} -> {}\n", from, to);
    return good;
}

} // namespace tree
