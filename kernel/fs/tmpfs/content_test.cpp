// Contents of files on tmpfs, limits, and unpacking an archive.
#include "kernel/fs/tmpfs/vfs_fixture.hpp"
#include "kernel/vfs/file_size_limit.hpp"
#include "kernel/vfs/paged_inode.hpp"

#include <cstdio>

namespace {

using enum Errno;
using uapi::Open;
constexpr Errno fine{};

class Content : public TmpfsRoot {
protected:
    Ref<vfs::File> open(std::string_view path,
                        vfs::OpenFlags flags = vfs::OpenFlags(Open::read_write) | Open::create) {
        return *vfs::open(caller(), cwd(), path, flags, 0644);
    }

    static usize write(vfs::File& file, std::string_view text) {
        auto source = mem::Source::kernel(bytes_of(text));
        return file.write(source).value_or(SIZE_MAX);
    }

    static usize write_at(vfs::File& file, std::string_view text, u64 offset) {
        auto source = mem::Source::kernel(bytes_of(text));
        return file.write_at(source, offset).value_or(SIZE_MAX);
    }

    static std::string read_at(vfs::File& file, u64 offset, usize count) {
        std::string text(count, '?');
        auto sink = mem::Sink::kernel(std::as_writable_bytes(std::span(text)));
        text.resize(file.read_at(sink, offset).value_or(0));
        return text;
    }
};

TEST_F(Content, ReadsWhatWasWritten) {
    auto const file = open("f");
    EXPECT_EQ(write(*file, "hello "), 6u);
    EXPECT_EQ(write(*file, "world"), 5u);
    EXPECT_EQ(*file->seek(0, vfs::SeekFrom::start), 0u);
    EXPECT_EQ(read_all(*file), "hello world");
    EXPECT_EQ(*file->seek(-5, vfs::SeekFrom::end), 6u);
    EXPECT_EQ(read_all(*file), "world");
    EXPECT_EQ(code(file->seek(-1, vfs::SeekFrom::start)), einval);
    EXPECT_EQ(stat("f").size, 11u);
    EXPECT_EQ(stat("f").blocks, 8u);
}

TEST_F(Content, HolesReadAsZerosAndCostNothing) {
    auto const file = open("f");
    EXPECT_EQ(write_at(*file, "end", 1_MiB), 3u);
    EXPECT_EQ(stat("f").size, 1_MiB + 3);
    EXPECT_EQ(stat("f").blocks, 8u);
    EXPECT_EQ(read_at(*file, 100, 4), std::string(4, '\0'));
    EXPECT_EQ(*file->seek(0, vfs::SeekFrom::data), 1_MiB);
    EXPECT_EQ(*file->seek(0, vfs::SeekFrom::hole), 0u);
    EXPECT_EQ(*file->seek(1_MiB, vfs::SeekFrom::hole), 1_MiB + 3);
    EXPECT_EQ(code(file->seek(2_MiB, vfs::SeekFrom::data)), enxio);
}

TEST_F(Content, TruncatedBytesDoNotComeBack) {
    auto const file = open("f");
    write(*file, std::string(10000, 'x'));
    EXPECT_EQ(code(file->truncate(5000)), fine);
    EXPECT_EQ(code(file->truncate(9000)), fine);
    EXPECT_EQ(read_at(*file, 4998, 4), std::string("xx\0\0", 4));
    EXPECT_EQ(stat("f").blocks, 16u);
    EXPECT_EQ(code(open("f", {})->truncate(0)), einval) << "opened for reading only";
    EXPECT_EQ(stat("f").size, 9000u);
    open("f", vfs::OpenFlags(Open::read_write) | Open::truncate);
    EXPECT_EQ(stat("f").size, 0u);
    EXPECT_EQ(stat("f").blocks, 0u);
}

/// RLIMIT_FSIZE of whoever calls; none unless a test sets it.
struct Limit final : vfs::FileSizeLimit {
    u64 of_caller() override { return bytes; }

    void exceeded() override { ++signals; }

    bool keeps_set_id_bits() override { return privileged; }

    u64 bytes = UINT64_MAX;
    int signals = 0;
    bool privileged = true;
};

TEST_F(Content, WhoeverChangesAFileTakesItsSetIdBits) {
    static Limit limit; // stays registered
    vfs::register_file_size_limit(limit);
    auto const file = open("f");
    auto const mode_after = [&](auto change) {
        vfs::AttributeChange set;
        set.permissions = 06775;
        EXPECT_EQ(code(file->inode().set_attributes(set)), fine);
        change();
        return stat("f").permissions;
    };
    auto const write_one = [&] { write(*file, "x"); };
    auto const truncate = [&] { EXPECT_EQ(code(file->truncate(0)), fine); };
    EXPECT_EQ(mode_after(write_one), 06775u);
    limit.privileged = false;
    EXPECT_EQ(mode_after(write_one), 0775u);
    EXPECT_EQ(mode_after(truncate), 0775u);
    limit.privileged = true;
}

TEST_F(Content, TheCallersLimitHoldsForEveryWayToGrow) {
    static Limit limit; // stays registered
    vfs::register_file_size_limit(limit);
    auto const file = open("f");
    write(*file, std::string(2000, 'x'));
    limit.bytes = 1000;
    EXPECT_EQ(code(file->truncate(1500)), fine) << "shrinking is never too large";
    EXPECT_EQ(code(file->truncate(1501)), efbig);
    EXPECT_EQ(limit.signals, 1);
    EXPECT_EQ(code(file->allocate(0, 0, 4000)), efbig);
    EXPECT_EQ(code(file->allocate(uapi::falloc_keep_size, 0, 4000)), efbig);
    EXPECT_EQ(limit.signals, 3);
    EXPECT_EQ(stat("f").size, 1500u);
    EXPECT_EQ(code(file->truncate(10)), fine);
    EXPECT_EQ(code(file->truncate(1000)), fine);
    EXPECT_EQ(limit.signals, 3);
    limit.bytes = UINT64_MAX;
}

TEST_F(Content, AppendsAtTheEnd) {
    auto const one = open("f", vfs::OpenFlags(Open::write_only) | Open::create | Open::append);
    auto const other = open("f", vfs::OpenFlags(Open::write_only) | Open::append);
    write(*one, "1");
    write(*other, "2");
    write(*one, "3");
    EXPECT_EQ(read_file("f"), "123");
    EXPECT_EQ(one->offset(), 3u);
}

TEST_F(Content, AccessModesAreKept) {
    make_file("f", "x");
    auto const reader = open("f", {});
    auto const writer = open("f", Open::write_only);
    EXPECT_EQ(write(*reader, "y"), SIZE_MAX);
    char byte;
    auto sink = mem::Sink::kernel(std::as_writable_bytes(std::span(&byte, 1)));
    EXPECT_EQ(code(writer->read(sink)), ebadf);
    EXPECT_EQ(code(open("dev", {})->read(sink)), eisdir);
}

TEST_F(Content, PunchedHolesAreZeros) {
    auto const file = open("f");
    write(*file, std::string(4 * page_size, 'x'));
    EXPECT_EQ(
        code(file->allocate(uapi::falloc_punch_hole | uapi::falloc_keep_size, 100, 2 * page_size)),
        fine);
    EXPECT_EQ(read_at(*file, 99, 2), std::string("x\0", 2));
    EXPECT_EQ(read_at(*file, 100 + 2 * page_size - 1, 2), std::string("\0x", 2));
    EXPECT_EQ(stat("f").blocks, 3u * 8);
    EXPECT_EQ(code(file->allocate(0, 0, 6 * page_size)), fine);
    EXPECT_EQ(stat("f").size, 6 * page_size);
}

TEST_F(Content, MappingsShareTheCache) {
    auto const file = open("f");
    write(*file, "one");
    auto const source = *file->map();
    auto const page = *source->page(0, true);
    EXPECT_EQ(std::memcmp(page.bytes().data(), "one", 3), 0);
    write_at(*file, "two", 0);
    EXPECT_EQ(std::memcmp(page.bytes().data(), "two", 3), 0);
    EXPECT_EQ(code(source->page(1, false)), efault) << "beyond the end";
    EXPECT_EQ(source->name(), "/f");
}

TEST_F(Content, LimitsAreEnforced) {
    mkdir("m");
    ASSERT_EQ(code(vfs::mount(caller(), "t", *vfs::walk(caller(), cwd(), "m"), "tmpfs", {},
                              "size=8k,nr_inodes=3,mode=700")),
              fine);
    EXPECT_EQ(stat("m").permissions, 0700u);
    auto const file = open("m/f");
    EXPECT_EQ(write(*file, std::string(3 * page_size, 'x')), 2 * page_size);
    EXPECT_EQ(write(*file, "x"), SIZE_MAX);
    EXPECT_EQ(code(file->truncate(0)), fine);
    EXPECT_EQ(write_at(*file, "x", 0), 1u);
    EXPECT_EQ(make_file("m/g"), fine);
    EXPECT_EQ(make_file("m/h"), enospc);
    EXPECT_EQ(unlink("m/g"), fine);
    EXPECT_EQ(make_file("m/h"), fine);
    auto const statistics = vfs::walk(caller(), cwd(), "m")->mount->file_system().statistics();
    EXPECT_EQ(statistics.blocks, 2u);
    EXPECT_EQ(statistics.blocks_free, 1u);
    EXPECT_EQ(statistics.files_free, 0u);
    EXPECT_EQ(code(vfs::mount(caller(), "t", cwd(), "tmpfs", {}, "nonsense=1")), einval);
}

/// One newc record.
std::string record(std::string_view name, u32 mode, std::string_view data = "", u32 inode = 1,
                   u32 links = 1, u32 major = 0, u32 minor = 0) {
    char header[111];
    std::snprintf(header, sizeof header,
                  "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", inode, mode, 7u, 8u,
                  links, 1000000u, static_cast<u32>(data.size()), 0u, 0u, major, minor,
                  static_cast<u32>(name.size() + 1), 0u);
    std::string text(header, 110);
    text += name;
    text += '\0';
    while (text.size() % 4 != 0)
        text += '\0';
    text += data;
    while (text.size() % 4 != 0)
        text += '\0';
    return text;
}

TEST_F(Content, AnArchiveBecomesFiles) {
    std::string const archive = record("bin", uapi::s_ifdir | 0750, "", 2, 2) +
                                record("bin/sh", uapi::s_ifreg | 04755, "#!elf", 3) +
                                record("bin/ls", uapi::s_iflnk | 0777, "sh", 4) +
                                record("dev/tty9", uapi::s_ifchr | 0620, "", 5, 1, 4, 9) +
                                record("one", uapi::s_ifreg | 0644, "", 6, 2) +
                                record("two", uapi::s_ifreg | 0644, "both", 6, 2) +
                                record("no/parent", uapi::s_ifreg | 0644, "lost", 7) +
                                record("TRAILER!!!", 0);
    auto const unpacked = vfs::unpack_initramfs(mounts_, bytes_of(archive));
    ASSERT_TRUE(unpacked) << unpacked.error().cause;
    EXPECT_EQ(read_file("bin/ls"), "#!elf");
    EXPECT_EQ(stat("bin/sh").permissions, 04755u);
    EXPECT_EQ(stat("bin/sh").uid, static_cast<Uid>(7));
    EXPECT_EQ(stat("bin/sh").gid, static_cast<Gid>(8));
    EXPECT_EQ(stat("bin/sh").modified, Nanoseconds::seconds(1000000));
    EXPECT_EQ(stat("bin").permissions, 0750u);
    EXPECT_EQ(stat("dev/tty9").special, (vfs::DeviceNumber{4, 9}));
    EXPECT_EQ(read_file("one"), "both");
    EXPECT_EQ(stat("one").links, 2u);
    EXPECT_EQ(walk("no"), enoent);
    std::string broken = archive.substr(0, 300);
    EXPECT_FALSE(vfs::unpack_initramfs(mounts_, bytes_of(broken)));
}

} // namespace
