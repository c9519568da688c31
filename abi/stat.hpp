// File types, mode bits and the structs of stat(2), statx(2) and statfs(2), as on Linux x86-64.
#pragma once

#include "abi/time.hpp"

#include <cstdint>

namespace uapi {

inline constexpr std::uint32_t s_ifmt = 0170000;
inline constexpr std::uint32_t s_ififo = 0010000;
inline constexpr std::uint32_t s_ifchr = 0020000;
inline constexpr std::uint32_t s_ifdir = 0040000;
inline constexpr std::uint32_t s_ifblk = 0060000;
inline constexpr std::uint32_t s_ifreg = 0100000;
inline constexpr std::uint32_t s_iflnk = 0120000;
inline constexpr std::uint32_t s_ifsock = 0140000;

inline constexpr std::uint32_t s_isuid = 04000;
inline constexpr std::uint32_t s_isgid = 02000;
inline constexpr std::uint32_t s_isvtx = 01000;
inline constexpr std::uint32_t s_irusr = 0400;
inline constexpr std::uint32_t s_iwusr = 0200;
inline constexpr std::uint32_t s_ixusr = 0100;
inline constexpr std::uint32_t s_irgrp = 0040;
inline constexpr std::uint32_t s_iwgrp = 0020;
inline constexpr std::uint32_t s_ixgrp = 0010;
inline constexpr std::uint32_t s_iroth = 0004;
inline constexpr std::uint32_t s_iwoth = 0002;
inline constexpr std::uint32_t s_ixoth = 0001;

struct stat {
    std::uint64_t device;
    std::uint64_t inode;
    std::uint64_t links;
    std::uint32_t mode;
    std::uint32_t uid;
    std::uint32_t gid;
    std::uint32_t padding;
    std::uint64_t special_device;
    std::int64_t size;
    std::int64_t block_size;
    std::int64_t blocks; ///< of 512 bytes
    timespec accessed;
    timespec modified;
    timespec changed;
    std::int64_t reserved[3];
};

static_assert(sizeof(stat) == 144);

inline constexpr std::uint32_t statx_type = 0x0001;
inline constexpr std::uint32_t statx_mode = 0x0002;
inline constexpr std::uint32_t statx_basic_stats = 0x07ff;
inline constexpr std::uint32_t statx_btime = 0x0800;
inline constexpr std::uint32_t statx_mnt_id = 0x1000;
inline constexpr std::uint32_t statx_reserved = 0x80000000;
inline constexpr std::uint64_t statx_attr_mount_root = 0x2000;

struct statx_timestamp {
    std::int64_t seconds;
    std::uint32_t nanoseconds;
    std::int32_t reserved;
};

struct statx {
    std::uint32_t mask;
    std::uint32_t block_size;
    std::uint64_t attributes;
    std::uint32_t links;
    std::uint32_t uid;
    std::uint32_t gid;
    std::uint16_t mode;
    std::uint16_t padding;
    std::uint64_t inode;
    std::uint64_t size;
    std::uint64_t blocks;
    std::uint64_t attributes_mask;
    statx_timestamp accessed;
    statx_timestamp born;
    statx_timestamp changed;
    statx_timestamp modified;
    std::uint32_t special_major;
    std::uint32_t special_minor;
    std::uint32_t device_major;
    std::uint32_t device_minor;
    std::uint64_t mount_id;
    std::uint32_t direct_memory_alignment;
    std::uint32_t direct_offset_alignment;
    std::uint64_t reserved[12];
};

static_assert(sizeof(statx) == 256);

struct statfs {
    std::int64_t type;
    std::int64_t block_size;
    std::uint64_t blocks;
    std::uint64_t blocks_free;
    std::uint64_t blocks_available;
    std::uint64_t files;
    std::uint64_t files_free;
    std::int32_t id[2];
    std::int64_t name_length;
    std::int64_t fragment_size;
    std::int64_t flags;
    std::int64_t reserved[4];
};

static_assert(sizeof(statfs) == 120);

} // namespace uapi
