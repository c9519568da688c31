// Creating, removing and renaming on tmpfs: what Linux answers.
#include "kernel/fs/tmpfs/vfs_fixture.hpp"

namespace {

using enum Errno;
using uapi::Open;
constexpr Errno fine{};

class Names : public TmpfsRoot {
protected:
    Errno open(std::string_view path, vfs::OpenFlags flags, u32 permissions = 0644) {
        return code(vfs::open(caller(), cwd(), path, flags, permissions));
    }
};

TEST_F(Names, OpenCreates) {
    auto const create = vfs::OpenFlags(Open::create) | Open::read_write;
    EXPECT_EQ(open("f", Open::read_write), enoent);
    EXPECT_EQ(open("f", create), fine);
    EXPECT_EQ(open("f", create), fine);
    EXPECT_EQ(open("f", create | Open::exclusive), eexist);
    EXPECT_EQ(open("g/", create), eisdir);
    EXPECT_EQ(open("x/g", create), enoent);
    EXPECT_EQ(open("f/g", create), enotdir);
    EXPECT_EQ(open("/", create), eisdir);
    EXPECT_EQ(open("/", create | Open::exclusive), eexist);
    EXPECT_EQ(open("dev", Open::read_write), eisdir);
    EXPECT_EQ(open("f", Open::directory), enotdir);
    symlink("target", "link");
    EXPECT_EQ(open("link", create | Open::exclusive), eexist);
    EXPECT_EQ(open("link", create | Open::no_follow), eloop);
    EXPECT_EQ(open("link", create), fine);
    EXPECT_EQ(stat("target").kind, vfs::Kind::regular);
    EXPECT_EQ(open("link", Open::no_follow), eloop);
    EXPECT_EQ(open("link", vfs::OpenFlags(Open::no_follow) | Open::path), fine);
}

TEST_F(Names, TheUmaskAndTheCreatorDecide) {
    caller().umask = 027;
    become_root();
    make_file("f", "", 0666);
    EXPECT_EQ(stat("f").permissions, 0640u);
    mkdir("shared", 0777);
    auto const shared = *vfs::walk(caller(), cwd(), "shared");
    ASSERT_EQ(code(vfs::change_owner(caller(), shared, std::nullopt, static_cast<Gid>(50))), fine);
    ASSERT_EQ(code(vfs::change_permissions(caller(), shared, 02777)), fine);
    become(1000);
    make_file("shared/f");
    mkdir("shared/d");
    EXPECT_EQ(stat("shared/f").gid, static_cast<Gid>(50));
    EXPECT_EQ(stat("shared/f").uid, static_cast<Uid>(1000));
    EXPECT_EQ(stat("shared/d").permissions, 02750u);
}

TEST_F(Names, WritingNeedsPermissionUnlessJustCreated) {
    mkdir("d", 0777);
    become(1000);
    EXPECT_EQ(open("d/f", vfs::OpenFlags(Open::create) | Open::read_write, 0400), fine);
    EXPECT_EQ(open("d/f", vfs::OpenFlags(Open::create) | Open::read_write, 0400), eacces);
    EXPECT_EQ(open("d/f", Open::truncate), eacces);
    EXPECT_EQ(open("d/f", {}), fine);
}

TEST_F(Names, LinksCountAndOutliveNames) {
    make_file("a", "text");
    EXPECT_EQ(link("a", "b"), fine);
    EXPECT_EQ(link("a", "b"), eexist);
    EXPECT_EQ(stat("a").links, 2u);
    EXPECT_EQ(stat("a").inode, stat("b").inode);
    auto open = *vfs::open(caller(), cwd(), "b", {});
    EXPECT_EQ(unlink("a"), fine);
    EXPECT_EQ(unlink("b"), fine);
    EXPECT_EQ(open->attributes().links, 0u);
    EXPECT_EQ(read_all(*open), "text");
    EXPECT_EQ(std::string(vfs::path_of(open->place(), caller().root).view()), "/b (deleted)");
    EXPECT_EQ(link("dev", "d2"), eperm);
}

TEST_F(Names, ADirectoryThatGoesTakesItsMissingNamesAlong) {
    mkdir("gone");
    mkdir("replaced");
    mkdir("new");
    mkdir("stays");
    auto const known = [] { return vfs::DentryCache::size(); };
    auto const before = known();
    for (auto const* directory : {"gone", "replaced", "stays"})
        for (int i = 0; i < 100; ++i)
            EXPECT_EQ(open(std::string(directory) + "/missing" + std::to_string(i), {}), enoent);
    EXPECT_EQ(known(), before + 300);
    auto const inside = *vfs::walk(caller(), cwd(), "gone");
    EXPECT_EQ(rmdir("gone"), fine);
    EXPECT_EQ(known(), before + 200 - 1);
    EXPECT_EQ(code(vfs::open(caller(), inside, "missing", {})), enoent);
    EXPECT_EQ(known(), before + 200 - 1) << "nothing is remembered of a directory that is gone";
    EXPECT_EQ(rename("new", "replaced"), fine);
    EXPECT_EQ(known(), before + 100 - 2);
}

TEST_F(Names, DirectoriesComeAndGo) {
    EXPECT_EQ(mkdir("d"), fine);
    EXPECT_EQ(mkdir("d"), eexist);
    EXPECT_EQ(mkdir("d/e/"), fine);
    EXPECT_EQ(stat("d").links, 3u);
    EXPECT_EQ(rmdir("d"), enotempty);
    EXPECT_EQ(rmdir("d/e/."), einval);
    EXPECT_EQ(rmdir("d/e/.."), enotempty);
    EXPECT_EQ(rmdir("/"), ebusy);
    EXPECT_EQ(unlink("d/e"), eisdir);
    EXPECT_EQ(rmdir("d/e"), fine);
    EXPECT_EQ(stat("d").links, 2u);
    make_file("f");
    EXPECT_EQ(rmdir("f"), enotdir);
    EXPECT_EQ(unlink("f/"), enotdir);
    EXPECT_EQ(mkdir("f/x"), enotdir);
    EXPECT_EQ(mkdir("none/x"), enoent);
}

TEST_F(Names, ARemovedDirectoryTakesNothing) {
    mkdir("d");
    caller().cwd = *vfs::walk(caller(), cwd(), "d");
    EXPECT_EQ(rmdir("/d"), fine);
    EXPECT_EQ(make_file("f"), enoent);
    EXPECT_EQ(mkdir("e"), enoent);
    EXPECT_EQ(path_of("."), "/d (deleted)");
    EXPECT_EQ(path_of(".."), "/");
}

TEST_F(Names, NewestNamesAreListedFirst) {
    mkdir("d");
    for (auto const* name : {"d/a", "d/b", "d/c"})
        make_file(name);
    EXPECT_EQ(list("d"), (std::vector<std::string>{".", "..", "c", "b", "a"}));
    EXPECT_EQ(stat("d").size, 100u);
    rename("d/a", "d/z");
    EXPECT_EQ(list("d"), (std::vector<std::string>{".", "..", "z", "c", "b"}));
}

TEST_F(Names, RenameReplaces) {
    make_file("a", "a");
    make_file("b", "b");
    EXPECT_EQ(rename("a", "b"), fine);
    EXPECT_EQ(read_file("b"), "a");
    EXPECT_EQ(walk("a"), enoent);
    EXPECT_EQ(rename("b", "c", vfs::RenameRule::no_replace), fine);
    make_file("d", "d");
    EXPECT_EQ(rename("c", "d", vfs::RenameRule::no_replace), eexist);
    EXPECT_EQ(rename("c", "d", vfs::RenameRule::exchange), fine);
    EXPECT_EQ(read_file("c"), "d");
    EXPECT_EQ(read_file("d"), "a");
    EXPECT_EQ(rename("c", "none", vfs::RenameRule::exchange), enoent);
    link("c", "same");
    EXPECT_EQ(rename("c", "same"), fine) << "two names of one file: nothing happens";
    EXPECT_EQ(walk("c"), fine);
}

TEST_F(Names, RenameOfDirectories) {
    mkdir("a");
    mkdir("a/sub");
    mkdir("b");
    make_file("f");
    EXPECT_EQ(rename("a", "a/sub/x"), einval);
    EXPECT_EQ(rename("a/sub", "a"), enotempty);
    EXPECT_EQ(rename("f", "b"), eisdir);
    EXPECT_EQ(rename("b", "f"), enotdir);
    EXPECT_EQ(rename("f", "g/"), enotdir);
    EXPECT_EQ(rename("a/sub", "b/moved"), fine);
    EXPECT_EQ(stat("a").links, 2u);
    EXPECT_EQ(stat("b").links, 3u);
    EXPECT_EQ(path_of("b/moved/.."), "/b");
    EXPECT_EQ(rename("a", "b"), enotempty);
    EXPECT_EQ(rename("b/moved", "a"), fine);
    EXPECT_EQ(stat("b").links, 2u);
    EXPECT_EQ(rename("a/.", "x"), ebusy);
    EXPECT_EQ(rename("b", "b2/"), fine);
}

TEST_F(Names, TheStickyBitProtects) {
    mkdir("t");
    auto const t = *vfs::walk(caller(), cwd(), "t");
    ASSERT_EQ(code(vfs::change_permissions(caller(), t, 01777)), fine);
    become(1);
    make_file("t/one");
    become(2);
    EXPECT_EQ(unlink("t/one"), eperm);
    EXPECT_EQ(rename("t/one", "t/x"), eperm);
    make_file("t/two");
    EXPECT_EQ(rename("t/two", "t/one"), eperm);
    EXPECT_EQ(unlink("t/two"), fine);
    become_root();
    EXPECT_EQ(unlink("t/one"), fine);
}

TEST_F(Names, OnlyOwnersChangeAttributes) {
    make_file("f", "", 04755);
    auto const f = *vfs::walk(caller(), cwd(), "f");
    become(5);
    EXPECT_EQ(code(vfs::change_permissions(caller(), f, 0777)), eperm);
    EXPECT_EQ(code(vfs::change_owner(caller(), f, static_cast<Uid>(5), std::nullopt)), eperm);
    become_root();
    EXPECT_EQ(code(vfs::change_owner(caller(), f, static_cast<Uid>(5), std::nullopt)), fine);
    EXPECT_EQ(stat("f").permissions, 0755u) << "set-uid goes when the owner changes";
    become(5);
    EXPECT_EQ(code(vfs::change_permissions(caller(), f, 0700)), fine);
    auto const then = Nanoseconds::seconds(1000);
    EXPECT_EQ(code(vfs::change_times(caller(), f, then, then, vfs::TimeChange::exact)), fine);
    EXPECT_EQ(stat("f").modified, then);
}

TEST_F(Names, NamelessFilesAreNowhere) {
    auto const flags = vfs::OpenFlags(Open::temporary_bit) | Open::directory | Open::read_write;
    auto const before = list("/");
    auto file = vfs::open(caller(), cwd(), "/", flags, 0600);
    ASSERT_TRUE(file);
    EXPECT_EQ(list("/"), before);
    EXPECT_EQ((*file)->attributes().links, 0u);
    EXPECT_EQ(open("/", vfs::OpenFlags(Open::temporary_bit) | Open::directory), einval);
    auto unlinkable = vfs::open(caller(), cwd(), "/", flags | Open::exclusive, 0600);
    ASSERT_TRUE(unlinkable);
    EXPECT_EQ(code(vfs::make_link(caller(), (*unlinkable)->place(), cwd(), "never")), enoent);
    EXPECT_EQ(code(vfs::make_link(caller(), (*file)->place(), cwd(), "named")), fine);
    EXPECT_EQ(stat("named").links, 1u);
}

TEST_F(Names, ExecutionAndWritingExclude) {
    make_file("program", "x", 0755);
    auto writer = vfs::open(caller(), cwd(), "program", Open::write_only);
    EXPECT_EQ(code(vfs::open_for_execution(caller(), cwd(), "program")), etxtbsy);
    writer = fail(enoent);
    auto running = vfs::open_for_execution(caller(), cwd(), "program");
    ASSERT_TRUE(running);
    EXPECT_EQ(open("program", Open::write_only), etxtbsy);
    (*running)->inode().end_execution();
    EXPECT_EQ(open("program", Open::write_only), fine);
    make_file("plain", "x", 0644);
    EXPECT_EQ(code(vfs::open_for_execution(caller(), cwd(), "plain")), eacces);
    EXPECT_EQ(code(vfs::open_for_execution(caller(), cwd(), "dev")), eacces);
}

} // namespace
