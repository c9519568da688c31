// Small values that every part of the VFS speaks: file kinds, device numbers, times, attributes.
#pragma once

#include "abi/fcntl.hpp"
#include "abi/stat.hpp"
#include "libs/base/flags.hpp"
#include "libs/base/id.hpp"
#include "libs/base/result.hpp"
#include "libs/base/types.hpp"
#include "libs/base/units.hpp"

#include <optional>

namespace vfs {

/// What an inode is; the values are the type bits of st_mode.
enum class Kind : u32 {
    fifo = uapi::s_ififo,
    character_device = uapi::s_ifchr,
    directory = uapi::s_ifdir,
    block_device = uapi::s_ifblk,
    regular = uapi::s_ifreg,
    symbolic_link = uapi::s_iflnk,
    socket = uapi::s_ifsock,
};

/// d_type of getdents64(2).
constexpr u8 directory_entry_type(Kind kind) {
    return static_cast<u8>(static_cast<u32>(kind) >> 12);
}

struct DeviceNumber {
    u32 major = 0;
    u32 minor = 0;

    friend constexpr bool operator==(DeviceNumber, DeviceNumber) noexcept(false) = default;

    /// As user programs see it in st_dev and st_rdev.
    constexpr u64 encoded() const {
        return (minor & 0xff) | (u64{major & 0xfff} << 8) | (u64{minor & ~0xffu} << 12) |
               (u64{major & ~0xfffu} << 32);
    }

    static constexpr DeviceNumber decode(u64 encoded) {
        return {static_cast<u32>(((encoded >> 8) & 0xfff) | ((encoded >> 32) & ~u64{0xfff})),
                static_cast<u32>((encoded & 0xff) | ((encoded >> 12) & ~u64{0xff}))};
    }
};

/// A copy of everything stat(2) shows.
struct Attributes {
    u64 inode = 0;
    Kind kind = Kind::regular;
    u32 permissions = 0; ///< the low 12 bits of st_mode
    u32 links = 1;
    Uid uid{};
    Gid gid{};
    u64 size = 0;
    u64 blocks = 0; ///< of 512 bytes
    u32 block_size = page_size;
    DeviceNumber special{};                                ///< of a device node
    Nanoseconds accessed{}, modified{}, changed{}, born{}; ///< since 1970

    u32 mode() const { return static_cast<u32>(kind) | permissions; }
};

/// What chmod, chown, utimensat ask for; empty members stay as they are.
struct AttributeChange {
    std::optional<u32> permissions;
    std::optional<Uid> uid;
    std::optional<Gid> gid;
    std::optional<Nanoseconds> accessed, modified;
};

enum class SeekFrom : int {
    start = uapi::seek_set,
    current = uapi::seek_cur,
    end = uapi::seek_end,
    data = uapi::seek_data,
    hole = uapi::seek_hole,
};

/// What an access needs of the permission bits; the values are the bits.
enum class Permission : u32 { execute = 1, write = 2, read = 4 };
using Permissions = Flags<Permission>;

constexpr Permissions operator|(Permission a, Permission b) {
    return Permissions(a) | b;
}

inline constexpr usize longest_name = 255;
inline constexpr usize longest_path = 4096; ///< with its NUL
inline constexpr u32 most_links_followed = 40;

/// Unix time now; files are stamped with it.
Nanoseconds wall_now();
/// settimeofday(2), clock_settime(2).
void set_wall_time(Nanoseconds since_1970);

} // namespace vfs
