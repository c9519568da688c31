// tmpfs: files whose only home is the page cache; its mount options.
#include "kernel/fs/tmpfs/tmpfs.hpp"

#include "kernel/fs/memory/file_system.hpp"
#include "kernel/mem/frames.hpp"
#include "libs/base/format.hpp"

#include <algorithm>
#include <charconv>

namespace tmpfs {

namespace {

/// A number with an optional K, M, G or T, or N% of memory.
Result<u64> parse_size(std::string_view text, u64 memory) {
    u64 value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc())
        return fail(Errno::einval);
    std::string_view const unit = text.substr(static_cast<usize>(end - text.data()));
    if (unit.empty())
        return value;
    if (unit.size() != 1)
        return fail(Errno::einval);
    switch (unit[0]) {
    case 'k':
    case 'K':
        return value << 10;
    case 'm':
    case 'M':
        return value << 20;
    case 'g':
    case 'G':
        return value << 30;
    case 't':
    case 'T':
        return value << 40;
    case '%':
        return memory / 100 * value;
    default:
        return fail(Errno::einval);
    }
}

Result<u32> parse_number(std::string_view text, int base) {
    u32 value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size())
        return fail(Errno::einval);
    return value;
}

/// One "name=value". Unknown ones are EINVAL, as on Linux.
Result<void> apply(std::string_view option, memfs::Limits& limits, u64 memory) {
    usize const equals = std::min(option.find('='), option.size());
    std::string_view const name = option.substr(0, equals);
    std::string_view const value = option.substr(std::min(equals + 1, option.size()));
    if (name == "size")
        limits.pages = align_up(TRY(parse_size(value, memory)), page_size) / page_size;
    else if (name == "nr_blocks")
        limits.pages = TRY(parse_size(value, 0));
    else if (name == "nr_inodes")
        limits.inodes = TRY(parse_size(value, 0));
    else if (name == "mode")
        limits.root_permissions = TRY(parse_number(value, 8))
    &07777;
    else if (name == "uid") limits.uid = static_cast<Uid>(TRY(parse_number(value, 10)));
    else if (name == "gid") limits.gid = static_cast<Gid>(TRY(parse_number(value, 10)));
    else if (name != "inode64" && name != "huge" && name != "mpol") return fail(Errno::einval);
    return {};
}

Result<void> apply_all(std::string_view options, memfs::Limits& limits, u64 memory) {
    while (!options.empty()) {
        usize const comma = std::min(options.find(','), options.size());
        if (comma != 0)
            TRY(apply(options.substr(0, comma), limits, memory));
        options.remove_prefix(std::min(comma + 1, options.size()));
    }
    return {};
}

/// What /proc/mounts shows: only what differs from the defaults.
String describe(memfs::Limits const& limits, memfs::Limits const& defaults) {
    String text;
    StringSink sink(text);
    if (limits.pages != defaults.pages)
        format_to(sink, ",size={}k", limits.pages * (page_size / 1024));
    if (limits.inodes != defaults.inodes)
        format_to(sink, ",nr_inodes={}", limits.inodes);
    if (limits.root_permissions != 01777)
        format_to(sink, ",mode={:03o}", limits.root_permissions);
    if (limits.uid != Uid{})
        format_to(sink, ",uid={}", static_cast<u32>(limits.uid));
    if (limits.gid != Gid{})
        format_to(sink, ",gid={}", static_cast<u32>(limits.gid));
    text.append(",inode64");
    return text;
}

memfs::Limits default_limits() {
    u64 const pages = mem::frame_statistics().total;
    return {.pages = pages / 2, .inodes = pages / 2};
}

Result<Ref<vfs::FileSystem>> mount_tmpfs(vfs::MountRequest const& request) {
    memfs::Limits const defaults = default_limits();
    memfs::Limits limits = defaults;
    TRY(apply_all(request.options, limits, mem::frame_statistics().total * page_size));
    return make_ref<memfs::MemoryFileSystem>("tmpfs", limits, describe(limits, defaults));
}

Result<Ref<vfs::FileSystem>> mount_ramfs(vfs::MountRequest const& request) {
    memfs::Limits limits{.root_permissions = 0755};
    TRY(apply_all(request.options, limits, 0));
    limits.pages = limits.inodes = 0;
    return make_ref<memfs::MemoryFileSystem>("ramfs", limits, String());
}

Result<Ref<vfs::FileSystem>> mount_rootfs(vfs::MountRequest const&) {
    memfs::Limits limits = default_limits();
    limits.root_permissions = 01777; // as the root of Linux's initial RAM file system
    String text;
    StringSink sink(text);
    format_to(sink, ",size={}k,nr_inodes={}", limits.pages * (page_size / 1024), limits.inodes);
    return make_ref<memfs::MemoryFileSystem>("rootfs", limits, std::move(text));
}

} // namespace

constinit vfs::FileSystemType const type{.name = "tmpfs", .mount = mount_tmpfs};
constinit vfs::FileSystemType const ramfs_type{.name = "ramfs", .mount = mount_ramfs};
constinit vfs::FileSystemType const rootfs_type{.name = "rootfs", .mount = mount_rootfs};

} // namespace tmpfs
