// The system as a whole: mounts, names, users, random bytes, power.
#pragma once

#include "libs/base/flags.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/units.hpp"
#include "user/os/file.hpp"

#include <optional>

namespace os {

enum class MountFlag : u64 {
    read_only = 1,
    no_suid = 2,
    no_devices = 4,
    no_exec = 8,
    remount = 32,
    no_access_time = 1024,
    bind = 4096,
    move = 8192,
};

/// mount(2). `source` is a device, or a word that /proc/mounts shows; `data` are options of the
/// file system.
Result<void> mount(std::string_view source, std::string_view target, std::string_view type,
                   Flags<MountFlag> flags = {}, std::string_view data = {});

enum class Unmount : u32 { now = 0, force = 1, detach = 2 };
/// EBUSY when something there is in use; `detach` hides it and lets go later.
Result<void> unmount(std::string_view target, Unmount how = Unmount::now);

/// uname(2). Texts of at most 64 bytes.
struct SystemName {
    String system; ///< "Linux", also here
    String node;   ///< host name
    String release;
    String version;
    String machine;
};

Result<SystemName> system_name();
Result<void> set_host_name(std::string_view name);

/// sysinfo(2), in bytes.
struct SystemStatus {
    Nanoseconds uptime; ///< in whole seconds
    u64 memory;
    u64 free_memory;
    u32 processes;
};

Result<SystemStatus> system_status();

Uid user_id() noexcept;
Uid effective_user_id() noexcept;
Gid group_id() noexcept;
/// Gives up the privileges of root: groups, group, user. EPERM.
Result<void> become(Uid user, Gid group);

/// A line of /etc/passwd.
struct User {
    String name;
    Uid id;
    Gid group;
    String full_name;
    String home;
    String shell;
};

/// Nothing when there is none of that name or number, or no /etc/passwd.
std::optional<User> find_user(std::string_view name);
std::optional<User> find_user(Uid id);

/// From the kernel's generator; does not fail once the system has started.
void fill_random(Bytes into) noexcept;

enum class Power : u32 { restart = 0x01234567, halt = 0xcdef0123, off = 0x4321fedc };
/// reboot(2): at once, without asking anybody. Call sync() before. Returns only with an error.
Error power(Power what);
/// Until everything written is on its device.
void sync() noexcept;

/// The kernel's log as syslog(2) has it: a line each, "<PRIORITY>[SECONDS] TEXT".
Result<String> kernel_log();

} // namespace os
