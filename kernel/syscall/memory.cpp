// mmap and its family: Linux's checks; kernel/mem does the work.
#include "kernel/syscall/memory.hpp"

#include "kernel/mem/page_source.hpp"

namespace sys {

namespace {

using arch::Access;
using arch::AccessFlags;
using uapi::Map;
using uapi::Protection;

constexpr u64 lowest_address = 65536; ///< vm.mmap_min_addr
constexpr u64 low_region = 0x4000'0000, low_region_end = 0x8000'0000;

mem::AddressSpace& space_of(process::Thread& caller) {
    return *caller.address_space();
}

AccessFlags access_of(Flags<Protection> protection) {
    AccessFlags access;
    if (protection.has(Protection::read))
        access |= Access::read;
    if (protection.has(Protection::write))
        access |= Access::write;
    if (protection.has(Protection::execute))
        access |= Access::execute;
    return access;
}

/// Page-aligned start and a size that stays below the end of user memory.
Result<u64> checked_size(UserAddr start, u64 size, Errno too_large) {
    if (!start.is_page_aligned())
        return fail(Errno::einval);
    u64 const rounded = align_up(size, page_size);
    if (rounded < size || rounded > arch::user_end.value() ||
        start.value() > arch::user_end.value() - rounded)
        return fail(too_large);
    return rounded;
}

/// What the mode of the file allows, now and by a later mprotect.
Result<void> check_file(vfs::File& file, mem::MapRequest& request, bool shared) {
    if (!file.readable())
        return fail(Errno::eacces);
    if (shared && !file.writable()) {
        if (request.access.has(Access::write))
            return fail(Errno::eacces);
        request.most_access = request.most_access.without(Access::write);
    }
    if (file.place().mount->flags().has(vfs::MountFlag::no_execution)) {
        if (request.access.has(Access::execute))
            return fail(Errno::eperm);
        request.most_access = request.most_access.without(Access::execute);
    }
    return {};
}

Result<void> choose_source(process::Thread& caller, mem::MapRequest& request, Flags<Map> flags,
                           Fd fd, u64 offset) {
    bool const shared = request.sharing == mem::Sharing::shared;
    if (!flags.has(Map::anonymous)) {
        auto const file = TRY(caller.file(fd));
        TRY(check_file(*file, request, shared));
        request.source = TRY(file->map());
        request.source_page = offset / page_size;
    } else if (shared)
        request.source = TRY(mem::SharedMemory::create(request.size / page_size));
    return {};
}

Result<void> choose_place(process::Thread& caller, mem::MapRequest& request, UserAddr at,
                          Flags<Map> flags) {
    using Place = mem::MapRequest::Place;
    if (flags.has(Map::fixed) || flags.has(Map::fixed_no_replace)) {
        request.at = at;
        request.place =
            flags.has(Map::fixed_no_replace) ? Place::exact_fresh : Place::exact_replacing;
        TRY(checked_size(at, request.size, Errno::enomem));
        if (at.value() < lowest_address && !caller.credentials()->has(vfs::Capability::sys_rawio))
            return fail(Errno::eperm);
        return {};
    }
    request.at = at.page_down();
    if (request.at.value() < lowest_address)
        request.at = UserAddr();
    if (flags.has(Map::low_32bit))
        request.at = UserAddr(low_region);
    return {};
}

} // namespace

Result<UserAddr> mmap(process::Thread& caller, UserAddr at, u64 size, Flags<Protection> protection,
                      Flags<Map> flags, Fd fd, u64 offset) {
    if (offset % page_size != 0 || size == 0)
        return fail(Errno::einval);
    if (offset + align_up(size, page_size) < offset)
        return fail(Errno::eoverflow);
    // Both together are MAP_SHARED_VALIDATE, which only files know.
    if (flags.has(Map::shared) && flags.has(Map::private_copy) && flags.has(Map::anonymous))
        return fail(Errno::einval);
    bool const shared = flags.has(Map::shared);
    if (!shared && !flags.has(Map::private_copy))
        return fail(Errno::einval);
    if (flags.has(Map::huge_pages))
        return fail(Errno::enomem); // as Linux without reserved huge pages
    mem::MapRequest request;
    request.size = TRY(checked_size(UserAddr(), size, Errno::enomem));
    request.access = access_of(protection);
    request.sharing = shared ? mem::Sharing::shared : mem::Sharing::private_copy;
    request.grows_down = flags.has(Map::grows_down);
    request.populate = flags.has(Map::populate) || flags.has(Map::locked);
    TRY(choose_source(caller, request, flags, fd, offset));
    TRY(choose_place(caller, request, at, flags));
    u64 const rounded = request.size;
    auto const place = TRY(space_of(caller).map(std::move(request)));
    if (flags.has(Map::low_32bit) && place.value() + rounded > low_region_end) {
        TRY(space_of(caller).unmap(place, rounded));
        return fail(Errno::enomem);
    }
    return place;
}

Result<void> munmap(process::Thread& caller, UserAddr start, u64 size) {
    u64 const rounded = TRY(checked_size(start, size, Errno::einval));
    if (rounded == 0)
        return fail(Errno::einval);
    return space_of(caller).unmap(start, rounded);
}

Result<void> mprotect(process::Thread& caller, UserAddr start, u64 size, u64 protection) {
    constexpr u64 known = 0xf;
    if ((protection & ~known) != 0) // PROT_GROWSDOWN and PROT_GROWSUP are not supported
        return fail(Errno::einval);
    u64 const rounded = TRY(checked_size(start, size, Errno::enomem));
    if (rounded == 0)
        return {};
    return space_of(caller).protect(start, rounded,
                                    access_of(Flags<Protection>::from_bits(protection)));
}

Result<UserAddr> mremap(process::Thread& caller, UserAddr start, u64 old_size, u64 new_size,
                        Flags<uapi::Remap> flags, UserAddr to) {
    using Rule = mem::AddressSpace::MoveRule;
    bool const may_move = flags.has(uapi::Remap::may_move);
    if (flags.has(uapi::Remap::dont_unmap) || (flags.has(uapi::Remap::fixed) && !may_move))
        return fail(Errno::einval);
    u64 const from = TRY(checked_size(start, old_size, Errno::einval));
    u64 const wanted = TRY(checked_size(UserAddr(), new_size, Errno::einval));
    if (wanted == 0)
        return fail(Errno::einval);
    if (!flags.has(uapi::Remap::fixed))
        return space_of(caller).remap(start, from, wanted,
                                      may_move ? Rule::may_move : Rule::in_place, UserAddr());
    TRY(checked_size(to, new_size, Errno::einval));
    if (to < start + from && start < to + wanted)
        return fail(Errno::einval);
    return space_of(caller).remap(start, from, wanted, Rule::exact, to);
}

/// Mappings share the page cache with read and write, so there is nothing to bring up to date
/// before a file system writes its pages back itself.
Result<void> msync(process::Thread& caller, UserAddr start, u64 size, Flags<uapi::Msync> flags) {
    if (flags.has(uapi::Msync::async) && flags.has(uapi::Msync::sync))
        return fail(Errno::einval);
    u64 const rounded = TRY(checked_size(start, size, Errno::enomem));
    if (rounded != 0 && !space_of(caller).covered(start, rounded))
        return fail(Errno::enomem);
    return {};
}

Result<void> madvise(process::Thread& caller, UserAddr start, u64 size, uapi::Advice advice) {
    using uapi::Advice;
    u64 const rounded = TRY(checked_size(start, size, Errno::einval));
    switch (advice) {
    case Advice::free:
        TRY(space_of(caller).check_anonymous(start, rounded));
        [[fallthrough]];
    case Advice::dont_need:
        if (rounded == 0)
            return {};
        return space_of(caller).discard(start, rounded);
    case Advice::remove:
        return space_of(caller).punch_source(start, rounded);
    case Advice::dont_fork:
        return space_of(caller).set_fork_rule(start, rounded, mem::ForkRule::leave_out);
    case Advice::wipe_on_fork:
        return space_of(caller).set_fork_rule(start, rounded, mem::ForkRule::wipe);
    case Advice::do_fork:
    case Advice::keep_on_fork:
        return space_of(caller).set_fork_rule(start, rounded, mem::ForkRule::copy);
    case Advice::dont_dump:
        return space_of(caller).set_dump_rule(start, rounded, mem::DumpRule::leave_out);
    case Advice::do_dump:
        return space_of(caller).set_dump_rule(start, rounded, mem::DumpRule::include);
    case Advice::normal:
    case Advice::random:
    case Advice::sequential:
    case Advice::will_need:
    case Advice::mergeable:
    case Advice::unmergeable:
    case Advice::huge_page:
    case Advice::no_huge_page:
    case Advice::cold:
    case Advice::page_out:
        // Advice about speed: taking it changes nothing that a program could see.
        if (rounded != 0 && !space_of(caller).covered(start, rounded))
            return fail(Errno::enomem);
        return {};
    default:
        return fail(Errno::einval);
    }
}

Result<void> mincore(process::Thread& caller, UserAddr start, u64 size, UserAddr to) {
    u64 const rounded = TRY(checked_size(start, size, Errno::enomem));
    for (u64 at = 0; at < rounded; at += page_size) {
        bool const present = TRY(space_of(caller).is_in_memory(start + at));
        TRY(copy_out(to + at / page_size, u8{present}));
    }
    return {};
}

UserAddr brk(process::Thread& caller, UserAddr wanted) {
    return space_of(caller).set_break(wanted);
}

/// Nothing is ever paged out: locking means bringing in.
Result<void> mlock(process::Thread& caller, UserAddr start, u64 size) {
    UserAddr const first = start.page_down();
    u64 const rounded = TRY(checked_size(first, size + start.page_offset(), Errno::einval));
    if (rounded != 0 && !space_of(caller).covered(first, rounded))
        return fail(Errno::enomem);
    for (u64 at = 0; at < rounded; at += page_size)
        if (space_of(caller).handle_fault(first + at, Access::read) != mem::Verdict::resolved)
            return fail(Errno::enomem);
    return {};
}

Result<void> munlock(process::Thread& caller, UserAddr start, u64 size) {
    UserAddr const first = start.page_down();
    u64 const rounded = TRY(checked_size(first, size + start.page_offset(), Errno::einval));
    if (rounded != 0 && !space_of(caller).covered(first, rounded))
        return fail(Errno::enomem);
    return {};
}

} // namespace sys
