// What the guest's root file system holds: Debian's busybox, and the /init that starts a program.
#include "runner/initramfs.hpp"

#include "runner/archive.hpp"
#include "runner/failure.hpp"
#include "runner/os.hpp"
#include "runner/text.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include <fmt/format.h>

namespace runner {
namespace {

constexpr char const* host_busybox = "/bin/busybox";

constexpr std::string_view passwd = "root:x:0:0:root:/root:/bin/sh\n"
                                    "daemon:x:1:1:daemon:/usr/sbin:/bin/false\n"
                                    "nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"
                                    "user:x:1000:1000:User:/home/user:/bin/sh\n";
constexpr std::string_view group = "root:x:0:\n"
                                   "daemon:x:1:\n"
                                   "tty:x:5:\n"
                                   "disk:x:6:\n"
                                   "nogroup:x:65534:\n"
                                   "user:x:1000:\n";

/// Programs cannot have /dev/console as controlling terminal, so this finds the one behind it.
constexpr std::string_view on_console =
    R"(words=$({0} cat /proc/cmdline)
terminal=
for word in $words; do
    case $word in console=*) terminal=${{word#console=}}; terminal=${{terminal%%,*}} ;; esac
done
[ "$terminal" != tty0 ] || terminal=tty1
[ -c "/dev/$terminal" ] || for terminal in tty1 ttyS0 hvc0; do
    [ ! -c /dev/$terminal ] || break
done
{0} setsid -c {1} </dev/$terminal >/dev/$terminal 2>&1
status=$?
case " $words " in *" linnet.exit=report "*) exit $status ;; esac
exec {0} poweroff -f
)";

/// Busybox has these for another init and another crond than those of /linnet/bin.
constexpr std::string_view others_tools[] = {"usr/bin/svc", "usr/bin/svok", "usr/bin/crontab",
                                             "usr/sbin/crond"};

bool is_program(std::string const& path) {
    auto const permissions = std::filesystem::status(path).permissions();
    return (permissions & std::filesystem::perms::owner_exec) != std::filesystem::perms::none;
}

} // namespace

std::string base_initramfs(std::vector<std::string> const& programs) {
    ArchiveWriter archive;
    for (auto const* path : {"bin", "dev", "etc", "home", "mnt", "proc", "run", "sbin", "sys",
                             "usr", "usr/bin", "usr/sbin", "var", "var/log"})
        archive.directory(path, 0755);
    archive.directory("root", 0700);
    archive.directory("home/user", 0755);
    archive.directory("tmp", 01777);
    archive.directory("var/tmp", 01777);
    archive.character_device("dev/console", 0600, 5, 1);
    archive.character_device("dev/null", 0666, 1, 3);
    archive.file("etc/passwd", 0644, passwd);
    archive.file("etc/group", 0644, group);
    archive.file("etc/hostname", 0644, "linnet\n");
    archive.file("bin/busybox", 0755, read_file(host_busybox));
    std::istringstream applets(output_of({host_busybox, "--list-full"}));
    for (std::string path; applets >> path;)
        if (path != "bin/busybox" &&
            std::ranges::find(others_tools, path) == std::end(others_tools))
            archive.symlink(path, std::string(base_busybox));
    std::set<std::string> directories{"bin", "etc"};
    for (auto const& program : programs) {
        auto const equals = program.find('=');
        if (equals == std::string::npos)
            throw Failure(fmt::format("'{}' is not PATH=FILE", program));
        auto const path = program.substr(0, equals);
        for (auto slash = path.find('/'); slash != std::string::npos;
             slash = path.find('/', slash + 1))
            if (directories.insert(path.substr(0, slash)).second)
                archive.directory(path.substr(0, slash), 0755);
        auto const file = program.substr(equals + 1);
        archive.file(path, is_program(file) ? 0755 : 0644, read_file(file));
    }
    return archive.finish();
}

std::string padded(std::string archive) {
    archive.resize((archive.size() + 511) / 512 * 512);
    return archive;
}

std::string init_script(std::vector<std::string> const& command, Streams streams,
                        std::string_view shell, std::string_view terminal_type) {
    std::string script = fmt::format("#!{} sh\n", shell);
    auto const mount = [&](std::string_view type, std::string_view where) {
        script +=
            fmt::format("[ -d {2} ] || {0} mkdir -p {2}; {0} mount -t {1} {1} {2} 2>/dev/null\n",
                        shell, type, where);
    };
    mount("devtmpfs", "/dev");
    mount("proc", "/proc");
    mount("sysfs", "/sys");
    mount("devpts", "/dev/pts");
    script +=
        fmt::format("export PATH=/bin:/sbin:/usr/bin:/usr/sbin:/linnet/bin HOME=/root TERM={}\n",
                    shell_quote(terminal_type));
    script += "cd /root 2>/dev/null || cd /\n";
    auto const line = shell_quote(command);
    if (streams == Streams::console)
        return script + fmt::format(on_console, shell, line);
    if (streams == Streams::separate)
        script += fmt::format("{} </dev/vport0p1 >/dev/vport0p2 2>/dev/vport0p3\n", line);
    else
        script += fmt::format("{} setsid -c {} </dev/hvc0 >/dev/hvc0 2>&1\n", shell, line);
    script += "exit $?\n";
    return script;
}

std::string init_overlay(std::vector<std::string> const& command, Streams streams,
                         std::string_view shell, std::string_view terminal_type) {
    ArchiveWriter archive;
    if (shell == own_busybox) {
        archive.directory(".linnet", 0755);
        archive.file(std::string(own_busybox.substr(1)), 0755, read_file(host_busybox));
    }
    archive.file("init", 0755, init_script(command, streams, shell, terminal_type));
    return archive.finish();
}

} // namespace runner
