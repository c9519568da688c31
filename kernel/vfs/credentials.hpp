// Who acts: user and group ids, capabilities, and the checks made with them.
#pragma once

#include "kernel/vfs/types.hpp"
#include "libs/base/ref.hpp"
#include "libs/base/vector.hpp"

namespace vfs {

/// Linux's capability numbers.
enum class Capability : u8 {
    chown = 0,
    dac_override = 1,
    dac_read_search = 2,
    fowner = 3,
    fsetid = 4,
    kill = 5,
    setgid = 6,
    setuid = 7,
    setpcap = 8,
    linux_immutable = 9,
    net_bind_service = 10,
    net_admin = 12,
    net_raw = 13,
    ipc_lock = 14,
    sys_module = 16,
    sys_rawio = 17,
    sys_chroot = 18,
    sys_ptrace = 19,
    sys_admin = 21,
    sys_boot = 22,
    sys_nice = 23,
    sys_resource = 24,
    sys_time = 25,
    sys_tty_config = 26,
    mknod = 27,
    lease = 28,
    setfcap = 31,
    syslog = 34,
};

class CapabilitySet {
public:
    constexpr CapabilitySet() = default;

    constexpr explicit CapabilitySet(u64 bits) : bits_(bits) {}

    /// All 41 that Linux 6.1 knows.
    static constexpr CapabilitySet all() { return CapabilitySet((u64{1} << 41) - 1); }

    constexpr bool has(Capability one) const { return (bits_ >> static_cast<u8>(one)) & 1; }

    constexpr u64 bits() const { return bits_; }

private:
    u64 bits_ = 0;
};

/// Immutable once shared: a process that changes its identity makes a new one.
class Credentials : public RefCounted {
public:
    /// root with every capability.
    Credentials() = default;
    Credentials(Credentials const& other);

    Uid uid{}, euid{}, suid{}, fsuid{};
    Gid gid{}, egid{}, sgid{}, fsgid{};
    Vector<Gid> groups;
    CapabilitySet permitted = CapabilitySet::all();
    CapabilitySet effective = CapabilitySet::all();
    CapabilitySet inheritable{};
    CapabilitySet bounding = CapabilitySet::all(); ///< what exec may give at most

    bool has(Capability one) const { return effective.has(one); }

    /// fsgid or a supplementary group.
    bool in_group(Gid group) const;
};

/// EACCES unless the permission bits or capabilities allow `wanted`.
Result<void> check_permission(Credentials const& who, Attributes const& of, Permissions wanted);
/// Whether `who` owns the file or may act as its owner (CAP_FOWNER).
bool acts_as_owner(Credentials const& who, Attributes const& of);

} // namespace vfs
