// open(2): finding or creating the file, checking access, and making the open file.
#include "kernel/vfs/creation.hpp"
#include "kernel/vfs/devices.hpp"
#include "kernel/vfs/operations.hpp"
#include "kernel/vfs/pipe.hpp"
#include "libs/base/format.hpp"
#include "libs/base/scope.hpp"

namespace vfs {

using uapi::Open;

namespace {

/// O_ACCMODE 3 asks for both permissions but may do neither: for ioctls.
Permissions permissions_for(OpenFlags flags) {
    Permissions wanted;
    switch (flags.bits() & uapi::open_access_mask) {
    case 0:
        wanted = Permission::read;
        break;
    case 1:
        wanted = Permission::write;
        break;
    default:
        wanted = Permission::read | Permission::write;
    }
    if (flags.has(Open::truncate))
        wanted |= Permission::write;
    return wanted;
}

bool wants_write(OpenFlags flags) {
    u32 const mode = flags.bits() & uapi::open_access_mask;
    return mode == 1 || mode == 2;
}

/// The kind of file allows the access that `flags` ask for.
Result<void> check_kind(Place const& place, OpenFlags flags) {
    switch (place.inode()->kind()) {
    case Kind::symbolic_link:
        return fail(Errno::eloop);
    case Kind::directory:
        if (permissions_for(flags).has(Permission::write))
            return fail(Errno::eisdir);
        return {};
    case Kind::character_device:
    case Kind::block_device:
        if (place.mount->flags().has(MountFlag::no_devices))
            return fail(Errno::eacces);
        return {};
    case Kind::socket:
        return fail(Errno::enxio);
    default:
        return {};
    }
}

} // namespace

/// Turns a place into an open file; a friend of File.
class Opener {
public:
    static Result<Ref<File>> open(Place const& place, OpenFlags flags, bool fresh) {
        Ref<Inode> const& inode = place.inode();
        bool const regular = inode->kind() == Kind::regular;
        bool const counts = regular && wants_write(flags);
        if (counts)
            TRY(inode->begin_writing());
        Undo not_written([&] noexcept {
            if (counts)
                inode->end_writing();
        });
        Ref<File> file = TRY(open_kind(*inode, place, flags));
        not_written.keep();
        // A device may hand out a file on another inode (/dev/ptmx).
        if (counts) {
            place.mount->begin_writing();
            file->counts_as_writer_ = true;
        }
        if (regular && flags.has(Open::truncate) && !fresh)
            TRY(inode->truncate(0));
        return file;
    }

private:
    static Result<Ref<File>> open_kind(Inode& inode, Place const& place, OpenFlags flags) {
        switch (inode.kind()) {
        case Kind::fifo:
            return open_fifo(place, flags);
        case Kind::character_device:
        case Kind::block_device:
            return open_device(inode.kind(), inode.attributes().special, place, flags);
        default:
            return inode.open(place, flags);
        }
    }
};

namespace {

Result<Ref<File>> open_checked(Caller const& caller, Place place, OpenFlags flags) {
    if (flags.has(Open::directory) && !place.inode()->is_directory())
        return fail(Errno::enotdir);
    if (flags.has(Open::path))
        return open_path_only(std::move(place), flags);
    TRY(check_kind(place, flags));
    TRY(check_access(caller, place, permissions_for(flags)));
    if (flags.has(Open::no_access_time) &&
        !acts_as_owner(*caller.credentials, place.inode()->attributes()))
        return fail(Errno::eperm);
    return Opener::open(place, flags, false);
}

Result<Ref<File>> open_temporary(Caller const& caller, Place const& start, std::string_view path,
                                 OpenFlags flags, u32 permissions) {
    Place const directory =
        TRY(walk(caller, start, path, Walk::follow_last | Walk::must_be_directory));
    TRY(check_changeable(caller, directory));
    NewInode const as = new_inode(caller, directory, Kind::regular, permissions);
    Ref<Inode> inode = TRY(directory.inode()->create_nameless(as));
    char name[24];
    BufferSink sink(name);
    format_to(sink, "/#{}", inode->number());
    Ref<Dentry> dentry = TRY(DentryCache::uncached(directory.dentry, sink.text().substr(1), inode));
    DentryCache::remove(*dentry);
    if (!flags.has(Open::exclusive))
        inode->allow_first_link();
    return Opener::open(Place{directory.mount, std::move(dentry)}, flags, true);
}

/// What was found at the last name of an O_CREAT open.
struct Found {
    Place place;
    bool created = false;
};

Result<Found> find_or_create(Caller const& caller, LastName const& last, OpenFlags flags,
                             u32 permissions) {
    Place const& directory = last.directory;
    // An existing name is opened without the directory's lock.
    Ref<Dentry> dentry = TRY(look_up(*directory.dentry, last.name));
    if (dentry->is_negative()) {
        auto const lock = directory.inode()->directory_lock().lock();
        dentry = TRY(look_up_locked(*directory.dentry, last.name));
        if (dentry->is_negative()) {
            TRY(check_changeable(caller, directory));
            NewInode const as = new_inode(caller, directory, Kind::regular, permissions);
            auto fresh = TRY(DentryCache::prepare(directory.dentry, last.name));
            DentryCache::fill(*dentry, fresh, TRY(directory.inode()->create(last.name, as)));
            return Found{Place{directory.mount, std::move(fresh)}, true};
        }
    }
    if (flags.has(Open::exclusive))
        return fail(Errno::eexist);
    return Found{caller.mounts->enter(Place{directory.mount, std::move(dentry)}), false};
}

Result<Ref<File>> open_creating(Caller const& caller, Place start, std::string_view path,
                                OpenFlags flags, u32 permissions) {
    String text;
    for (u32 links = 0;; ++links) {
        LastName last = TRY(walk_to_last(caller, start, path));
        if (last.special)
            return fail(flags.has(Open::exclusive) ? Errno::eexist : Errno::eisdir);
        if (last.trailing_slash)
            return fail(Errno::eisdir);
        Found found = TRY(find_or_create(caller, last, flags, permissions));
        if (found.created) {
            if (flags.has(Open::directory))
                return fail(Errno::enotdir);
            return Opener::open(found.place, flags, true);
        }
        Inode& inode = *found.place.inode();
        if (inode.kind() != Kind::symbolic_link || flags.has(Open::no_follow)) {
            if (inode.is_directory())
                return fail(Errno::eisdir);
            return open_checked(caller, std::move(found.place), flags);
        }
        // The file is created where the link leads.
        if (links == most_links_followed)
            return fail(Errno::eloop);
        LinkTarget target = TRY(inode.read_link(*caller.credentials));
        if (target.place)
            return open_checked(caller, std::move(*target.place), flags);
        text = std::move(target.text);
        path = text.view();
        start = std::move(last.directory);
    }
}

} // namespace

Result<Ref<File>> open(Caller const& caller, Place const& start, std::string_view path,
                       OpenFlags flags, u32 permissions) {
    if (flags.has(Open::path))
        flags = flags & (OpenFlags(Open::path) | Open::directory | Open::no_follow);
    if (flags.has(Open::temporary_bit)) {
        if (!flags.has(Open::directory) || !wants_write(flags))
            return fail(Errno::einval);
        return open_temporary(caller, start, path, flags, permissions);
    }
    if (flags.has(Open::create))
        return open_creating(caller, start, path, flags, permissions);
    WalkFlags how;
    if (!flags.has(Open::no_follow))
        how |= Walk::follow_last;
    if (flags.has(Open::directory))
        how |= Walk::must_be_directory;
    return open_checked(caller, TRY(walk(caller, start, path, how)), flags);
}

Result<Ref<File>> open_for_execution(Caller const& caller, Place const& start,
                                     std::string_view path, WalkFlags flags) {
    Place const place = TRY(walk(caller, start, path, flags));
    if (place.inode()->kind() == Kind::symbolic_link)
        return fail(Errno::eloop);
    if (place.inode()->kind() != Kind::regular)
        return fail(Errno::eacces);
    TRY(check_access(caller, place, Permission::execute));
    Ref<Inode> const& inode = place.inode();
    TRY(inode->begin_execution());
    Undo not_executed([&] noexcept { inode->end_execution(); });
    auto opened = TRY(inode->open(place, OpenFlags()));
    not_executed.keep();
    return opened;
}

} // namespace vfs
