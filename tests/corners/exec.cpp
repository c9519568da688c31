// Corner cases of exec: what can be run, scripts, limits, set-user-id programs.
#include "tests/corners/corners.hpp"

#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace corners {
namespace {

void executing() {
    auto const run = [](char const* path) {
        char* const words[] = {const_cast<char*>(path), nullptr};
        show(path, execve(path, words, environ));
    };
    auto const program = [](char const* name, std::string_view text, mode_t mode = 0755) {
        close(file_with(name, text));
        chmod(name, mode);
    };
    program("empty", "");
    program("text", "echo text\n");
    program("magic", "\x7f"
                     "ELF");
    program("no-exec", "#!/bin/sh\n", 0644);
    program("no-interpreter", "#!/missing\n");
    program("blank", "#!\n");
    program("spaces", "#!   \n");
    program("self", "#!./self\n");
    program("script", "#!/bin/echo  one two  \nrest\n");
    program("directory-interpreter", "#!/\n");
    mkdir("directory", 0755);
    for (char const* name :
         {"empty", "text", "magic", "no-exec", "no-interpreter", "blank", "spaces", "self",
          "directory-interpreter", "directory", "missing", "", "text/x"})
        run(name);
    in_child([&] { run("script"); });
    in_child([&] { run("./script"); });
    // Scripts run scripts, but not endlessly.
    for (int i = 1; i < 8; ++i)
        program(("s" + std::to_string(i)).c_str(), "#!./s" + std::to_string(i - 1) + " a\n");
    program("s0", "#!/bin/echo\n");
    for (int i = 3; i < 8; ++i)
        in_child([&] { run(("./s" + std::to_string(i)).c_str()); });
    std::string const long_line = "#!/bin/echo " + std::string(300, 'x') + "\n";
    program("long", long_line);
    in_child([&] { run("./long"); });
    program("long-path", "#!/" + std::string(300, 'x') + "\n");
    run("./long-path");
    int const writer = open("copy", O_CREAT | O_WRONLY | O_TRUNC, 0755);
    run("copy");
    close(writer);
    std::string const big(131072, 'b');
    char* words[] = {const_cast<char*>("echo"), const_cast<char*>(big.c_str()), nullptr};
    SHOW(execve("/bin/echo", words, environ));
    std::string const part(131071 - 8, 'p');
    std::vector<char*> many(1000, const_cast<char*>(part.c_str()));
    many.push_back(nullptr);
    SHOW(execve("/bin/echo", many.data(), environ));
    in_child([] {
        char* const none[] = {nullptr};
        execve("/bin/busybox", none, none);
        std::perror("no arguments");
    });
    int const busybox = open("/bin/busybox", O_RDONLY | O_CLOEXEC);
    in_child([=] {
        char* const echo[] = {const_cast<char*>("echo"), const_cast<char*>("by file"), nullptr};
        syscall(SYS_execveat, busybox, "", echo, environ, AT_EMPTY_PATH);
    });
    char* few[] = {const_cast<char*>("echo"), nullptr};
    SHOW(syscall(SYS_execveat, busybox, "", few, environ, 0));
    SHOW(syscall(SYS_execveat, AT_FDCWD, "x", few, environ, 1 << 20));
    SHOW(syscall(SYS_execveat, 99, "x", few, environ, 0));
    symlink("/bin/echo", "link");
    SHOW(syscall(SYS_execveat, AT_FDCWD, "link", words, environ, AT_SYMLINK_NOFOLLOW));
    int const script = open("script", O_RDONLY | O_CLOEXEC);
    SHOW(syscall(SYS_execveat, script, "", words, environ, AT_EMPTY_PATH));
    // Set-user-id programs, and what takes that away.
    chmod(".", 0755);
    in_child([] { execl("/bin/cp", "cp", "/bin/busybox", "suid", nullptr); });
    chown("suid", 5, 6);
    chmod("suid", 06755);
    for (bool const no_new : {false, true})
        in_child([=] {
            if (no_new)
                prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            become_nobody();
            execl("./suid", "grep", "-E", "^(Uid|Gid|NoNew)", "/proc/self/status", nullptr);
        });
}

constexpr Section sections[] = {{"exec", executing}};

} // namespace

std::span<Section const> const exec_sections = sections;

} // namespace corners
