// Who acts: the checks made with user and group ids and capabilities.
#include "kernel/vfs/credentials.hpp"

#include <algorithm>

namespace vfs {

Credentials::Credentials(Credentials const& other)
    : uid(other.uid),
      euid(other.euid),
      suid(other.suid),
      fsuid(other.fsuid),
      gid(other.gid),
      egid(other.egid),
      sgid(other.sgid),
      fsgid(other.fsgid),
      groups(other.groups),
      permitted(other.permitted),
      effective(other.effective),
      inheritable(other.inheritable),
      bounding(other.bounding) {}

bool Credentials::in_group(Gid group) const {
    return group == fsgid || std::find(groups.begin(), groups.end(), group) != groups.end();
}

Result<void> check_permission(Credentials const& who, Attributes const& of, Permissions wanted) {
    u32 bits = of.permissions;
    if (who.fsuid == of.uid)
        bits >>= 6;
    else if (who.in_group(of.gid))
        bits >>= 3;
    if ((wanted.bits() & ~bits & 7) == 0)
        return {};

    bool const executes = wanted.has(Permission::execute);
    if (of.kind == Kind::directory) {
        if (who.has(Capability::dac_override))
            return {};
        if (!wanted.has(Permission::write) && who.has(Capability::dac_read_search))
            return {};
    } else {
        // Not even root executes what has no execute bit at all.
        if (who.has(Capability::dac_override) && (!executes || (of.permissions & 0111) != 0))
            return {};
        if (wanted == Permissions(Permission::read) && who.has(Capability::dac_read_search))
            return {};
    }
    return fail(Errno::eacces);
}

bool acts_as_owner(Credentials const& who, Attributes const& of) {
    return who.fsuid == of.uid || who.has(Capability::fowner);
}

} // namespace vfs
