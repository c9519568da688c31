// Corner cases of names: links, renames, directories, attributes, permissions, times.
#include "tests/corners/corners.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

namespace corners {
namespace {

void renames() {
    file_with("f", "f");
    file_with("g", "g");
    mkdir("d", 0755);
    mkdir("d/sub", 0755);
    mkdir("e", 0755);
    symlink("f", "l");
    SHOW(rename("f", "d"));
    SHOW(rename("d", "f"));
    SHOW(rename("e", "d"));
    SHOW(rename("d", "d/sub/x"));
    SHOW(rename("d", "d/sub"));
    SHOW(rename("d/sub", "d"));
    SHOW(rename(".", "x"));
    SHOW(rename("d/.", "x"));
    SHOW(rename("d/..", "x"));
    SHOW(rename("d", "e/."));
    SHOW(rename("f", "x/"));
    SHOW(rename("f/", "x"));
    SHOW(rename("d/", "x/"));
    SHOW(rename("x", "d"));
    SHOW(rename("missing", "x"));
    SHOW(rename("f", "missing/x"));
    SHOW(rename("f", ""));
    SHOW(rename("", "f"));
    SHOW(rename("/", "x"));
    SHOW(rename("f", "/"));
    SHOW(rename("f", "/proc/x"));
    SHOW(rename("f", "f"));
    SHOW(link("f", "h"));
    SHOW(rename("f", "h")); // two names of one file: nothing happens
    SHOW(access("f", F_OK));
    SHOW(rename("l", "g"));
    SHOW(readlink("g", nullptr, 0));
    SHOW(rename("h", std::string(256, 'x').c_str()));
    SHOW(renameat2(AT_FDCWD, "f", AT_FDCWD, "h", RENAME_NOREPLACE));
    SHOW(renameat2(AT_FDCWD, "f", AT_FDCWD, "new", RENAME_NOREPLACE));
    SHOW(renameat2(AT_FDCWD, "new", AT_FDCWD, "d", RENAME_EXCHANGE));
    SHOW(open("d", O_RDONLY | O_DIRECTORY));
    SHOW(open("new", O_RDONLY | O_DIRECTORY) >= 0);
    SHOW(renameat2(AT_FDCWD, "new", AT_FDCWD, "missing", RENAME_EXCHANGE));
    SHOW(renameat2(AT_FDCWD, "new", AT_FDCWD, "new/sub", RENAME_EXCHANGE));
    SHOW(renameat2(AT_FDCWD, "new/sub", AT_FDCWD, "new", RENAME_EXCHANGE));
    SHOW(renameat2(AT_FDCWD, "d", AT_FDCWD, "x", RENAME_EXCHANGE | RENAME_NOREPLACE));
    SHOW(renameat2(AT_FDCWD, "d", AT_FDCWD, "x", 1 << 10));
    SHOW(renameat(99, "d", AT_FDCWD, "x"));
}

void links() {
    file_with("f", "f");
    mkdir("d", 0755);
    symlink("f", "l");
    struct stat about{};
    SHOW(link("f", "f"));
    SHOW(link("d", "x"));
    SHOW(link("missing", "x"));
    SHOW(link("f", "d"));
    SHOW(link("f", "missing/x"));
    SHOW(link("f/", "x"));
    SHOW(link("f", "x/"));
    SHOW(link("/proc/self/comm", "x"));
    SHOW(link("l", "m"));
    SHOW(lstat("m", &about));
    say("a link to the link", S_ISLNK(about.st_mode));
    say("links", static_cast<long>(about.st_nlink));
    SHOW(linkat(AT_FDCWD, "l", AT_FDCWD, "n", AT_SYMLINK_FOLLOW));
    SHOW(lstat("n", &about));
    say("links", static_cast<long>(about.st_nlink));
    SHOW(linkat(AT_FDCWD, "f", AT_FDCWD, "x", 1));
    int const file = open("f", O_RDONLY);
    SHOW(linkat(file, "", AT_FDCWD, "by-file", AT_EMPTY_PATH));
    SHOW(linkat(file, "", AT_FDCWD, "x", 0));
    SHOW(linkat(AT_FDCWD, "", AT_FDCWD, "x", AT_EMPTY_PATH));
    for (char const* name : {"f", "n", "by-file"})
        unlink(name);
    SHOW(linkat(file, "", AT_FDCWD, "revived", AT_EMPTY_PATH));
    SHOW(fstat(file, &about));
    say("links", static_cast<long>(about.st_nlink));
    SHOW(symlink("", "x"));
    SHOW(symlink("x", ""));
    SHOW(symlink("x", "l"));
    SHOW(symlink("x", "missing/l"));
    SHOW(symlink("x", "new/"));
    SHOW(symlink(std::string(4095, 'x').c_str(), "long"));
    SHOW(symlink(std::string(4096, 'x').c_str(), "longer"));
    char target[8] = {};
    SHOW(readlink("long", target, sizeof target));
    SHOW(readlink("l", target, 0));
    SHOW(readlink("l", target, -1));
    SHOW(readlink("d", target, sizeof target));
    SHOW(readlink("missing", target, sizeof target));
    SHOW(lstat("long", &about));
    say("size", about.st_size);
    // Forty links may be followed in one walk, not more.
    mkdir("chain", 0755);
    symlink(".", "chain/0");
    std::string path = "chain";
    for (int i = 0; i < 40; ++i)
        path += "/0";
    SHOW(access(path.c_str(), F_OK));
    SHOW(access((path + "/0").c_str(), F_OK));
    SHOW(access((path + "/.").c_str(), F_OK));
}

void removing() {
    file_with("f", "");
    mkdir("d", 0755);
    mkdir("d/e", 0755);
    symlink("d", "l");
    SHOW(unlink("d"));
    SHOW(unlink("f/"));
    SHOW(unlink("missing"));
    SHOW(unlink("missing/"));
    SHOW(unlink(""));
    SHOW(unlink("."));
    SHOW(unlink("/"));
    SHOW(unlink("l/"));
    SHOW(unlink("/proc/version"));
    SHOW(rmdir("f"));
    SHOW(rmdir("d"));
    SHOW(rmdir("l"));
    SHOW(rmdir("l/"));
    SHOW(rmdir("."));
    SHOW(rmdir(".."));
    SHOW(rmdir("d/."));
    SHOW(rmdir("d/e/.."));
    SHOW(rmdir("/"));
    SHOW(rmdir("/proc"));
    SHOW(rmdir("missing"));
    SHOW(rmdir(""));
    SHOW(unlinkat(AT_FDCWD, "d/e", 0));
    SHOW(unlinkat(AT_FDCWD, "f", AT_REMOVEDIR));
    SHOW(unlinkat(AT_FDCWD, "d/e/", AT_REMOVEDIR));
    SHOW(unlinkat(AT_FDCWD, "d", 1));
    SHOW(unlinkat(99, "d", 0));
    SHOW(unlinkat(open("f", O_RDONLY), "x", 0));
}

void directories() {
    umask(0);
    struct stat about{};
    auto const links = [&](char const* name) {
        return lstat(name, &about) == 0 ? static_cast<long>(about.st_nlink) : -1;
    };
    SHOW(mkdir("d", 0777));
    SHOW(mkdir("d/", 0777));
    SHOW(mkdir("d/e/", 07777));
    SHOW(lstat("d/e", &about));
    std::printf("mode %o\n", about.st_mode);
    SHOW(links("d"));
    SHOW(mkdir("d/f", 0));
    SHOW(links("d"));
    SHOW(rename("d/f", "g"));
    SHOW(links("d"));
    SHOW(rmdir("d/e"));
    SHOW(links("d"));
    SHOW(mkdir("missing/d", 0755));
    SHOW(mkdir(".", 0755));
    SHOW(mkdir("..", 0755));
    SHOW(mkdir("/", 0755));
    SHOW(mkdir("", 0755));
    SHOW(mkdir("d/.", 0755));
    SHOW(mkdir("new/.", 0755));
    SHOW(symlink("nowhere", "l"));
    SHOW(mkdir("l", 0755));
    SHOW(mkdir("/proc/x", 0755));
    // A directory with the set-group-id bit gives its group to what is made in it.
    SHOW(chown("d", 0, 7));
    SHOW(chmod("d", 02775));
    SHOW(mkdir("d/inner", 0755));
    SHOW(stat("d/inner", &about));
    std::printf("mode %o group %u\n", about.st_mode, about.st_gid);
    close(open("d/file", O_CREAT | O_RDWR, 02755));
    SHOW(stat("d/file", &about));
    std::printf("mode %o group %u\n", about.st_mode, about.st_gid);
    char path[4096];
    SHOW(chdir("g"));
    SHOW(getcwd(path, 2) != nullptr);
    SHOW(syscall(SYS_getcwd, path, 1));
    SHOW(rmdir("../g"));
    SHOW(getcwd(path, sizeof path) != nullptr);
    SHOW(chdir("."));
    SHOW(chdir(".."));
    SHOW(chdir("d/file"));
    SHOW(fchdir(open("d/file", O_RDONLY)));
    SHOW(chroot("d/file"));
    SHOW(chroot("missing"));
    SHOW(mknod("n", S_IFCHR | 0666, makedev(1, 3)));
    SHOW(stat("n", &about));
    std::printf("device %u %u\n", major(about.st_rdev), minor(about.st_rdev));
    SHOW(mknod("r", 0644, 0));
    SHOW(stat("r", &about));
    std::printf("mode %o\n", about.st_mode);
    SHOW(mknod("s", S_IFDIR | 0644, 0));
    SHOW(mknod("t", 0770000, 0));
    SHOW(mknod("c", S_IFCHR | 0666, makedev(240, 77)));
    SHOW(open("c", O_RDONLY));
    SHOW(mknod("b", S_IFBLK | 0666, makedev(240, 77)));
    SHOW(open("b", O_RDONLY));
}

void modes() {
    int const file = file_with("f", "x");
    struct stat about{};
    auto const mode = [&] { return fstat(file, &about) == 0 ? about.st_mode : 0; };
    SHOW(fchmod(file, 0177777));
    std::printf("%o\n", mode());
    SHOW(write(file, "y", 1)); // root keeps the set-id bits
    std::printf("%o\n", mode());
    SHOW(fchown(file, 5, -1));
    std::printf("%o %u %u\n", mode(), about.st_uid, about.st_gid);
    SHOW(fchmod(file, 06644));
    SHOW(fchown(file, 5, 6));
    std::printf("%o\n", mode());
    SHOW(fchmod(file, 06777));
    SHOW(fchown(file, -1, -1));
    std::printf("%o\n", mode());
    SHOW(fchmod(file, 06777));
    in_child([=] {
        become_nobody();
        write(file, "z", 1); // others lose them
    });
    std::printf("%o\n", mode());
    SHOW(fchmod(file, 06777));
    in_child([] {
        become_nobody();
        SHOW(truncate("f", 1));
    });
    std::printf("%o\n", mode());
    SHOW(fchown(file, nobody, nobody));
    SHOW(fchmod(file, 0644));
    SHOW(chmod(".", 0755));
    in_child([=] {
        setgid(nobody);
        gid_t const groups[] = {7, nobody};
        syscall(SYS_setgroups, 2, groups);
        setuid(nobody);
        SHOW(fchmod(file, 02755));
        SHOW(fchown(file, nobody, 7));
        SHOW(fchown(file, nobody, 8));
        SHOW(fchown(file, 0, -1));
        SHOW(fchmod(file, 04755));
    });
    std::printf("%o %u %u\n", mode(), about.st_uid, about.st_gid);
    SHOW(chmod("missing", 0644));
    SHOW(chmod("f/", 0644));
    SHOW(chmod("/proc/self/comm", 0600));
    SHOW(chmod("/proc/version", 0600));
    SHOW(fchmodat(AT_FDCWD, "f", 0644, AT_SYMLINK_NOFOLLOW));
    symlink("f", "l");
    SHOW(lchown("l", 3, 4));
    SHOW(lstat("l", &about));
    std::printf("%o %u %u\n", about.st_mode, about.st_uid, about.st_gid);
    SHOW(fchownat(file, "", 9, 9, AT_EMPTY_PATH));
    SHOW(fchownat(AT_FDCWD, "f", 9, 9, 1 << 10));
    SHOW(syscall(452, AT_FDCWD, "f", 0600, 0));
}

constexpr Section sections[] = {
    {"rename", renames},        {"link", links}, {"remove", removing},
    {"directory", directories}, {"mode", modes},
};

} // namespace

std::span<Section const> const name_sections = sections;

} // namespace corners
