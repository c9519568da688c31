// mount: shows what is mounted, mounts and unmounts.
#include "user/options/options.hpp"
#include "user/os/system.hpp"

namespace {

constexpr Option options[] = {
    {'t', "type", "the file system", "TYPE"},
    {'o', "options",
     "ro, rw, nosuid, nodev, noexec, noatime, bind, move, remount; others are the file system's",
     "OPTIONS"},
    {'u', "unmount", "unmount the directories"},
    {'l', "lazy", "with -u: hide it now, let go when nobody uses it"}};

struct Word {
    std::string_view name;
    Flags<os::MountFlag> set;
    Flags<os::MountFlag> clear;
};

constexpr Word words[] = {
    {"ro", os::MountFlag::read_only, {}},    {"rw", {}, os::MountFlag::read_only},
    {"nosuid", os::MountFlag::no_suid, {}},  {"nodev", os::MountFlag::no_devices, {}},
    {"noexec", os::MountFlag::no_exec, {}},  {"noatime", os::MountFlag::no_access_time, {}},
    {"bind", os::MountFlag::bind, {}},       {"move", os::MountFlag::move, {}},
    {"remount", os::MountFlag::remount, {}}, {"defaults", {}, {}}};

std::string_view take(std::string_view& rest, char separator) {
    auto const end = rest.find(separator);
    auto const part = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    return part;
}

void list() {
    auto const mounts = os::read_file("/proc/mounts");
    if (!mounts)
        os::die(1, "/proc/mounts: {}", mounts.error());
    Colours const colours;
    os::BufferedOut out(os::out);
    for (auto rest = mounts->view(); !rest.empty();) {
        auto line = take(rest, '\n');
        auto const source = take(line, ' ');
        auto const target = take(line, ' ');
        auto const type = take(line, ' ');
        out.print("{} on {}{}{} type {} ({})\n", source, colours.directory(), target, colours.end(),
                  type, take(line, ' '));
    }
}

void mount(CommandLine const& line) {
    line.need_operands(2, 2);
    Flags<os::MountFlag> flags;
    String data;
    for (auto rest = line.value('o').value_or(""); !rest.empty();) {
        auto const word = take(rest, ',');
        Word const* known = nullptr;
        for (auto const& one : words)
            if (one.name == word)
                known = &one;
        if (known != nullptr) {
            flags = (flags | known->set).without(known->clear);
        } else {
            data.append(data.empty() ? "" : ",");
            data.append(word);
        }
    }
    auto const type = line.value('t');
    bool const needs_type =
        !flags.any(os::MountFlag::bind | Flags(os::MountFlag::move) | os::MountFlag::remount);
    if (needs_type && !type)
        os::die(2, "which file system? -t says it; /proc/filesystems lists them");
    auto const done =
        os::mount(line.operands()[0], line.operands()[1], type.value_or(""), flags, data);
    if (!done)
        complain(line.operands()[1], done.error());
}

} // namespace

int main() {
    CommandLine const line("[SOURCE DIRECTORY]",
                           "Mounts SOURCE on DIRECTORY; without them, lists what is mounted.",
                           options);
    if (line.has('u')) {
        line.need_operands(1);
        for (auto const directory : line.operands())
            if (auto const done =
                    os::unmount(directory, line.has('l') ? os::Unmount::detach : os::Unmount::now);
                !done)
                complain(directory, done.error());
    } else if (line.operands().empty()) {
        list();
    } else {
        mount(line);
    }
    return exit_status();
}
