// Mounting and unmounting.
#include "user/init/mounts.hpp"

#include "user/os/system.hpp"

#include <algorithm>

using service::Level;

namespace {

struct Mount {
    std::string_view type;
    std::string_view where;
    Flags<os::MountFlag> flags;
    std::string_view options;
};

constexpr auto no_programs = os::MountFlag::no_suid | Flags(os::MountFlag::no_devices);

constexpr Mount mounts[] = {
    {"devtmpfs", "/dev", os::MountFlag::no_suid, "mode=0755"},
    {"proc", "/proc", no_programs | os::MountFlag::no_exec, ""},
    {"sysfs", "/sys", no_programs | os::MountFlag::no_exec, ""},
    {"devpts", "/dev/pts", os::MountFlag::no_suid | Flags(os::MountFlag::no_exec),
     "mode=0620,gid=5,ptmxmode=0666"},
    {"tmpfs", "/run", no_programs, "mode=0755"},
    {"tmpfs", "/tmp", no_programs, "mode=1777"},
};

std::string_view take_word(std::string_view& rest) {
    auto const end = rest.find(' ');
    auto const word = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    return word;
}

/// As /proc/mounts writes it: blanks as \040.
String unescaped(std::string_view text) {
    String plain;
    for (usize i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size()) {
            int const code =
                (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
            plain.push_back(static_cast<char>(code));
            i += 3;
        } else {
            plain.push_back(text[i]);
        }
    }
    return plain;
}

void let_go(std::string_view where, Outlet& outlet) {
    if (os::unmount(where))
        return;
    auto const read_only =
        os::mount("", where, "", os::MountFlag::remount | Flags(os::MountFlag::read_only));
    if (!read_only)
        outlet.print(Level::warning, "{} stays mounted: {}", where, read_only.error());
}

} // namespace

void mount_all(Outlet& outlet) {
    for (auto const& mount : mounts) {
        if (auto const made = os::make_directory(mount.where, os::Mode(0755));
            !made && !(made.error() == Errno::eexist))
            outlet.print(Level::error, "{}: {}", mount.where, made.error());
        auto const done =
            os::mount(mount.type, mount.where, mount.type, mount.flags, mount.options);
        // The kernel may have mounted /dev already, and may not have every kind.
        if (!done && !(done.error() == Errno::ebusy) && !(done.error() == Errno::enodev))
            outlet.print(Level::error, "{} cannot be mounted: {}", mount.where, done.error());
    }
}

void unmount_all(Outlet& outlet) {
    os::sync();
    auto const table = os::read_file("/proc/mounts");
    Vector<String> places;
    if (table)
        for (auto rest = table->view(); !rest.empty();) {
            auto line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(rest.size(), line.size() + 1));
            take_word(line);
            places.push_back(unescaped(take_word(line)));
        }
    while (!places.empty()) {
        // Memory needs no care, and /dev has the console on which the end is told.
        if (places.back() != "/" && !places.back().view().starts_with("/dev"))
            let_go(places.back(), outlet);
        places.pop_back();
    }
    os::sync();
}
