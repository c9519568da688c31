// User and group ids, supplementary groups and capabilities: Linux's rules for changing them.
#include "kernel/syscall/identity.hpp"

#include <algorithm>

namespace sys {

namespace {

using vfs::Capability;
using vfs::Credentials;

/// The ids of users, whose rules are those of groups, too.
struct UserIds {
    using Id = Uid;
    static constexpr Capability may_change = Capability::setuid;
    static constexpr auto real = &Credentials::uid;
    static constexpr auto effective = &Credentials::euid;
    static constexpr auto saved = &Credentials::suid;
    static constexpr auto file_system = &Credentials::fsuid;
};

struct GroupIds {
    using Id = Gid;
    static constexpr Capability may_change = Capability::setgid;
    static constexpr auto real = &Credentials::gid;
    static constexpr auto effective = &Credentials::egid;
    static constexpr auto saved = &Credentials::sgid;
    static constexpr auto file_system = &Credentials::fsgid;
};

/// Leaves an id as it is.
template <class Id>
constexpr Id no_id{~0u};

constexpr u32 capability_version = 0x2008'0522;
constexpr u32 most_groups = 65536;

/// What goes with fsuid 0: Linux's CAP_FS_SET.
constexpr u64 file_capabilities = [] {
    u64 set = 0;
    for (auto const one :
         {Capability::chown, Capability::dac_override, Capability::dac_read_search,
          Capability::fowner, Capability::fsetid, Capability::linux_immutable, Capability::mknod})
        set |= u64{1} << std::to_underlying(one);
    return set | u64{1} << 32; // CAP_MAC_OVERRIDE
}();

struct CapabilityData {
    u32 effective, permitted, inheritable;
};

/// Capabilities(7): what leaving and entering root does.
void follow_uids(process::Process& process, Credentials const& old, Credentials& fresh) {
    auto const is_root = [](Credentials const& who) {
        return who.uid == Uid{} || who.euid == Uid{} || who.suid == Uid{};
    };
    if (is_root(old) && !is_root(fresh)) {
        if (!process.keep_capabilities.load())
            fresh.permitted = {};
        fresh.effective = {};
    }
    if (old.euid == Uid{} && fresh.euid != Uid{})
        fresh.effective = {};
    if (old.euid != Uid{} && fresh.euid == Uid{})
        fresh.effective = fresh.permitted;
}

/// Applies `change` to a copy of the credentials and installs it if it succeeds.
template <class Change>
Result<void> change_credentials(process::Thread& caller, Change change) {
    auto& process = caller.process();
    auto const old = process.credentials();
    auto fresh = TRY(try_make_ref<Credentials>(*old));
    TRY(change(*old, *fresh));
    follow_uids(process, *old, *fresh);
    bool const gains = (fresh->permitted.bits() & ~old->permitted.bits()) != 0;
    if (old->euid != fresh->euid || old->egid != fresh->egid || old->fsuid != fresh->fsuid ||
        old->fsgid != fresh->fsgid || gains)
        process.dumpable.store(false);
    {
        auto tree = process::pid_space().lock();
        process.count_as(tree, fresh->uid);
    }
    process.set_credentials(std::move(fresh));
    return {};
}

template <class Ids, class Id = typename Ids::Id>
bool is_any(Id id, Credentials const& who) {
    return id == who.*Ids::real || id == who.*Ids::effective || id == who.*Ids::saved;
}

/// setuid and setgid.
template <class Ids, class Id = typename Ids::Id>
Result<void> set_id(process::Thread& caller, Id id) {
    if (id == no_id<Id>)
        return fail(Errno::einval);
    return change_credentials(caller, [&](Credentials const& old, Credentials& to) -> Result<void> {
        if (old.has(Ids::may_change))
            to.*Ids::real = to.*Ids::saved = id;
        else if (id != old.*Ids::real && id != old.*Ids::saved)
            return fail(Errno::eperm);
        to.*Ids::effective = to.*Ids::file_system = id;
        return {};
    });
}

/// setreuid and setregid.
template <class Ids, class Id = typename Ids::Id>
Result<void> set_two_ids(process::Thread& caller, Id real, Id effective) {
    constexpr auto none = no_id<Id>;
    return change_credentials(caller, [&](Credentials const& old, Credentials& to) -> Result<void> {
        bool const may = old.has(Ids::may_change);
        if (real != none && !may && real != old.*Ids::real && real != old.*Ids::effective)
            return fail(Errno::eperm);
        if (effective != none && !may && !is_any<Ids>(effective, old))
            return fail(Errno::eperm);
        if (real != none)
            to.*Ids::real = real;
        if (effective != none)
            to.*Ids::effective = effective;
        if (real != none || (effective != none && effective != old.*Ids::real))
            to.*Ids::saved = to.*Ids::effective;
        to.*Ids::file_system = to.*Ids::effective;
        return {};
    });
}

/// setresuid and setresgid.
template <class Ids, class Id = typename Ids::Id>
Result<void> set_three_ids(process::Thread& caller, Id real, Id effective, Id saved) {
    constexpr auto none = no_id<Id>;
    return change_credentials(caller, [&](Credentials const& old, Credentials& to) -> Result<void> {
        for (auto const wanted : {real, effective, saved})
            if (wanted != none && !old.has(Ids::may_change) && !is_any<Ids>(wanted, old))
                return fail(Errno::eperm);
        if (real != none)
            to.*Ids::real = real;
        if (effective != none)
            to.*Ids::effective = effective;
        if (saved != none)
            to.*Ids::saved = saved;
        to.*Ids::file_system = to.*Ids::effective;
        return {};
    });
}

/// setfsuid and setfsgid: the old id, whether or not it could be changed.
template <class Ids, class Id = typename Ids::Id>
Result<Id> set_file_system_id(process::Thread& caller, Id id) {
    auto const before = (*caller.credentials()).*Ids::file_system;
    TRY(change_credentials(caller, [&](Credentials const& old, Credentials& to) -> Result<void> {
        if (id == no_id<Id> ||
            (!old.has(Ids::may_change) && !is_any<Ids>(id, old) && id != old.*Ids::file_system))
            return {};
        to.*Ids::file_system = id;
        // Who is not root for files has no rights over them either.
        if constexpr (std::is_same_v<Id, Uid>) {
            u64 const kept = old.effective.bits();
            if (old.fsuid == Uid{} && id != Uid{})
                to.effective = vfs::CapabilitySet(kept & ~file_capabilities);
            if (old.fsuid != Uid{} && id == Uid{})
                to.effective =
                    vfs::CapabilitySet(kept | (old.permitted.bits() & file_capabilities));
        }
        return {};
    }));
    return before;
}

Result<Ref<Credentials const>> credentials_of(process::Thread& caller, i32 pid) {
    if (pid < 0)
        return fail(Errno::einval);
    if (pid == 0)
        return caller.credentials();
    auto const process = process::pid_space().find_process(Pid{pid});
    if (!process)
        return fail(Errno::esrch);
    return process->credentials();
}

/// EINVAL with the version that this kernel speaks, for programs that ask.
Result<CapabilityHeader> check_header(Out<CapabilityHeader> header, UserAddr data) {
    auto given = TRY(header.read());
    if (given.version == capability_version)
        return given;
    given.version = capability_version;
    TRY(header.write(given));
    if (data == UserAddr())
        return given;
    return fail(Errno::einval);
}

} // namespace

Uid getuid(process::Thread& caller) {
    return caller.credentials()->uid;
}

Uid geteuid(process::Thread& caller) {
    return caller.credentials()->euid;
}

Gid getgid(process::Thread& caller) {
    return caller.credentials()->gid;
}

Gid getegid(process::Thread& caller) {
    return caller.credentials()->egid;
}

Result<void> getresuid(process::Thread& caller, Out<u32> real, Out<u32> effective, Out<u32> saved) {
    auto const who = caller.credentials();
    TRY(real.write(std::to_underlying(who->uid)));
    TRY(effective.write(std::to_underlying(who->euid)));
    return saved.write(std::to_underlying(who->suid));
}

Result<void> getresgid(process::Thread& caller, Out<u32> real, Out<u32> effective, Out<u32> saved) {
    auto const who = caller.credentials();
    TRY(real.write(std::to_underlying(who->gid)));
    TRY(effective.write(std::to_underlying(who->egid)));
    return saved.write(std::to_underlying(who->sgid));
}

Result<void> setuid(process::Thread& caller, Uid uid) {
    return set_id<UserIds>(caller, uid);
}

Result<void> setgid(process::Thread& caller, Gid gid) {
    return set_id<GroupIds>(caller, gid);
}

Result<void> setreuid(process::Thread& caller, Uid real, Uid effective) {
    return set_two_ids<UserIds>(caller, real, effective);
}

Result<void> setregid(process::Thread& caller, Gid real, Gid effective) {
    return set_two_ids<GroupIds>(caller, real, effective);
}

Result<void> setresuid(process::Thread& caller, Uid real, Uid effective, Uid saved) {
    return set_three_ids<UserIds>(caller, real, effective, saved);
}

Result<void> setresgid(process::Thread& caller, Gid real, Gid effective, Gid saved) {
    return set_three_ids<GroupIds>(caller, real, effective, saved);
}

Result<Uid> setfsuid(process::Thread& caller, Uid uid) {
    return set_file_system_id<UserIds>(caller, uid);
}

Result<Gid> setfsgid(process::Thread& caller, Gid gid) {
    return set_file_system_id<GroupIds>(caller, gid);
}

Result<i32> getgroups(process::Thread& caller, i32 count, UserAddr list) {
    if (count < 0)
        return fail(Errno::einval);
    auto const who = caller.credentials();
    auto const size = static_cast<i32>(who->groups.size());
    if (count == 0)
        return size;
    if (count < size)
        return fail(Errno::einval);
    for (usize i = 0; i < who->groups.size(); ++i)
        TRY(copy_out(list + i * sizeof(u32), std::to_underlying(who->groups[i])));
    return size;
}

Result<void> setgroups(process::Thread& caller, u32 count, UserAddr list) {
    if (!caller.credentials()->has(Capability::setgid))
        return fail(Errno::eperm);
    if (count > most_groups)
        return fail(Errno::einval);
    Vector<Gid> groups;
    groups.reserve(count);
    for (u32 i = 0; i < count; ++i) {
        u32 const number = TRY(copy_in<u32>(list + i * sizeof(u32)));
        groups.push_back(Gid{number});
    }
    std::ranges::sort(groups);
    return change_credentials(caller, [&](Credentials const&, Credentials& to) -> Result<void> {
        to.groups = std::move(groups);
        return {};
    });
}

Result<void> capget(process::Thread& caller, Out<CapabilityHeader> header, UserAddr data) {
    auto const given = TRY(check_header(header, data));
    if (data == UserAddr())
        return {};
    auto const who = TRY(credentials_of(caller, given.pid));
    for (u32 half = 0; half < 2; ++half) {
        auto const part = [&](vfs::CapabilitySet const& set) {
            return static_cast<u32>(set.bits() >> (32 * half));
        };
        CapabilityData const out{part(who->effective), part(who->permitted),
                                 part(who->inheritable)};
        TRY(copy_out(data + half * sizeof out, out));
    }
    return {};
}

Result<void> capset(process::Thread& caller, Out<CapabilityHeader> header, UserAddr data) {
    auto const given = TRY(check_header(header, data));
    if (given.pid != 0 && given.pid != static_cast<i32>(caller.process().id()))
        return fail(Errno::eperm);
    u64 effective = 0, permitted = 0, inheritable = 0;
    for (u32 half = 0; half < 2; ++half) {
        auto const in = TRY(copy_in<CapabilityData>(data + half * sizeof(CapabilityData)));
        effective |= u64{in.effective} << (32 * half);
        permitted |= u64{in.permitted} << (32 * half);
        inheritable |= u64{in.inheritable} << (32 * half);
    }
    return change_credentials(caller, [&](Credentials const& old, Credentials& to) -> Result<void> {
        u64 const all = vfs::CapabilitySet::all().bits();
        permitted &= all;
        effective &= all;
        if ((permitted & ~old.permitted.bits()) != 0 || (effective & ~permitted) != 0 ||
            (inheritable & ~(old.inheritable.bits() | old.permitted.bits()) & all) != 0)
            return fail(Errno::eperm);
        to.permitted = vfs::CapabilitySet(permitted);
        to.effective = vfs::CapabilitySet(effective);
        to.inheritable = vfs::CapabilitySet(inheritable & all);
        return {};
    });
}

} // namespace sys
