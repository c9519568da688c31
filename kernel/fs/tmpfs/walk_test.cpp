// Path walking and names, on tmpfs: what Linux answers.
#include "kernel/fs/tmpfs/vfs_fixture.hpp"

namespace {

using enum Errno;
constexpr Errno fine{};

class Walk : public TmpfsRoot {};

TEST_F(Walk, TheRootHasWhatLinuxPutsThere) {
    EXPECT_EQ(list("/"), (std::vector<std::string>{".", "..", "root", "dev"}));
    EXPECT_EQ(stat("/dev/console").mode(), uapi::s_ifchr | 0600);
    EXPECT_EQ(stat("/dev/console").special, (vfs::DeviceNumber{5, 1}));
    EXPECT_EQ(stat("/root").mode(), uapi::s_ifdir | 0700);
}

TEST_F(Walk, DotsAndSlashes) {
    mkdir("a");
    mkdir("a/b");
    EXPECT_EQ(path_of("a/./b//"), "/a/b");
    EXPECT_EQ(path_of("a/b/.."), "/a");
    EXPECT_EQ(path_of("/../../a"), "/a");
    EXPECT_EQ(path_of("a/../../../a/b"), "/a/b");
    EXPECT_EQ(walk(""), enoent);
    EXPECT_EQ(walk("", vfs::Walk::empty_path), fine);
    EXPECT_EQ(walk("a/x/.."), enoent);
    EXPECT_EQ(walk(std::string(256, 'x')), enametoolong);
    EXPECT_EQ(walk(std::string(255, 'x')), enoent);
    EXPECT_EQ(walk(std::string(4096, '/')), enametoolong);
}

TEST_F(Walk, AFileIsNoDirectory) {
    make_file("f");
    EXPECT_EQ(walk("f/"), enotdir);
    EXPECT_EQ(walk("f/."), enotdir);
    EXPECT_EQ(walk("f/x"), enotdir);
    EXPECT_EQ(walk("f", vfs::Walk::must_be_directory), enotdir);
}

TEST_F(Walk, LinksAreFollowed) {
    mkdir("d");
    make_file("d/f", "text");
    symlink("d", "to_d");
    symlink("/d/f", "to_f");
    symlink("../to_f", "d/back");
    symlink("nowhere", "dangling");
    EXPECT_EQ(path_of("to_d/f"), "/d/f");
    EXPECT_EQ(path_of("to_d/back"), "/d/f");
    EXPECT_EQ(stat("to_f").kind, vfs::Kind::symbolic_link);
    EXPECT_EQ(stat("to_d/").kind, vfs::Kind::directory);
    EXPECT_EQ(walk("to_f/"), enotdir);
    EXPECT_EQ(walk("dangling"), enoent);
    EXPECT_EQ(walk("dangling", {}), fine);
    EXPECT_EQ(read_file("to_d/back"), "text");
    EXPECT_EQ(stat("to_f").size, 4u);
    EXPECT_EQ(stat("to_f").permissions, 0777u);
}

TEST_F(Walk, CirclesOfLinksEnd) {
    symlink("b", "a");
    symlink("a", "b");
    EXPECT_EQ(walk("a"), eloop);
    make_file("end");
    std::string last = "end";
    for (int i = 0; i < 41; ++i) {
        std::string const name = "l" + std::to_string(i);
        symlink(last, name);
        last = name;
        EXPECT_EQ(walk(name), i < 40 ? fine : eloop) << i;
    }
    // Links inside one path count together.
    mkdir("d");
    symlink(".", "d/s");
    std::string path = "d";
    for (int i = 0; i < 40; ++i)
        path += "/s";
    EXPECT_EQ(walk(path), fine);
    EXPECT_EQ(walk(path + "/s"), eloop);
}

TEST_F(Walk, SearchPermissionIsNeededOnTheWay) {
    mkdir("closed", 0700);
    mkdir("closed/in");
    mkdir("readable", 0755);
    become(1000);
    EXPECT_EQ(walk("closed"), fine);
    EXPECT_EQ(walk("closed/in"), eacces);
    EXPECT_EQ(walk("closed/none"), eacces);
    EXPECT_EQ(mkdir("readable/new"), eacces);
    EXPECT_EQ(mkdir("new"), fine); // anybody may, in the root of an initial RAM file system
}

TEST_F(Walk, MountsAreEnteredAndLeft) {
    mkdir("m");
    make_file("m/below");
    auto const at = *vfs::walk(caller(), cwd(), "m");
    ASSERT_EQ(code(vfs::mount(caller(), "tmpfs", at, "tmpfs", {}, "")), fine);
    EXPECT_EQ(walk("m/below"), enoent);
    EXPECT_EQ(make_file("m/above"), fine);
    EXPECT_EQ(path_of("m/above"), "/m/above");
    EXPECT_EQ(path_of("m/.."), "/");
    EXPECT_EQ(path_of("m/../m/above"), "/m/above");
    EXPECT_NE(stat("m").inode, at.inode()->attributes().inode + 1000);
    EXPECT_EQ(rmdir("m"), ebusy);
    EXPECT_EQ(rename("m", "n"), ebusy);
    EXPECT_EQ(rename("m/above", "above"), exdev);
    auto const described = mounts_->describe(caller().root);
    ASSERT_EQ(described.size(), 2u);
    EXPECT_EQ(described[1].path, "/m");
    EXPECT_EQ(described[1].type, "tmpfs");

    auto open = vfs::open(caller(), cwd(), "m/above", {});
    {
        auto const top = *vfs::walk(caller(), cwd(), "m");
        EXPECT_EQ(code(mounts_->unmount(top, vfs::MountTree::Unmount::if_unused)), ebusy);
    }
    open = fail(enoent);
    {
        auto const top = *vfs::walk(caller(), cwd(), "m");
        EXPECT_EQ(code(mounts_->unmount(top, vfs::MountTree::Unmount::if_unused)), fine);
    }
    EXPECT_EQ(walk("m/below"), fine);
    EXPECT_EQ(rmdir("m"), enotempty);
}

TEST_F(Walk, ReadOnlyMountsRefuseChanges) {
    mkdir("m");
    auto const at = *vfs::walk(caller(), cwd(), "m");
    ASSERT_EQ(code(vfs::mount(caller(), "x", at, "tmpfs", {}, "mode=0777")), fine);
    make_file("m/f");
    auto const top = *vfs::walk(caller(), cwd(), "m");
    ASSERT_EQ(code(mounts_->remount(top, vfs::MountFlag::read_only)), fine);
    EXPECT_EQ(make_file("m/g"), erofs);
    EXPECT_EQ(make_file("m/f"), erofs);
    EXPECT_EQ(unlink("m/f"), erofs);
    EXPECT_EQ(code(vfs::change_permissions(caller(), *vfs::walk(caller(), cwd(), "m/f"), 0)),
              erofs);
    EXPECT_EQ(read_file("m/f"), "");
}

} // namespace
