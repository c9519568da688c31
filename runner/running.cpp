// A directory for each machine: in $XDG_RUNTIME_DIR/linnet, else in /tmp/linnet-UID.
#include "runner/running.hpp"

#include "runner/failure.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace runner {
namespace {

namespace fs = std::filesystem;

/// Where the directories are, which nobody else may enter or replace.
std::string home() {
    char const* const given = std::getenv("XDG_RUNTIME_DIR");
    auto const path =
        given != nullptr && *given == '/'
            ? fmt::format("{}/linnet", given)
            : fmt::format("{}/linnet-{}", fs::temp_directory_path().string(), getuid());
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        throw Failure(fmt::format("cannot make {}: {}", path, std::strerror(errno)));
    struct stat status{};
    if (lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
        status.st_uid != getuid() || (status.st_mode & 077) != 0)
        throw Failure(fmt::format("{} is not a directory of yours alone", path),
                      fmt::format("rm -r {}", path));
    return path;
}

std::string description(std::string const& directory) {
    return directory + "/machine";
}

/// Whether somebody holds the lock of a description.
bool is_held(std::string const& file) {
    Descriptor const description(open(file.c_str(), O_RDONLY | O_CLOEXEC));
    return description && flock(description.number(), LOCK_SH | LOCK_NB) != 0;
}

std::string listing(std::vector<RunningMachine> const& machines) {
    std::string text;
    for (auto const& machine : machines)
        text += fmt::format("\n    {:>8}  {}", machine.runner, machine.command);
    return text;
}

} // namespace

Announcement::Announcement(std::string_view command, std::string const& kernel,
                           Descriptor const& initramfs, Debugger debugger)
    : directory_(fmt::format("{}/{}", home(), getpid())),
      kernel_(open(kernel.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (directory_.size() + sizeof "/gdb" > sizeof sockaddr_un::sun_path)
        throw Failure(fmt::format("the path {} is too long for a socket", directory_));
    fs::remove_all(directory_); // of a process that had our number
    if (mkdir(directory_.c_str(), 0700) != 0)
        throw Failure(fmt::format("cannot make {}: {}", directory_, std::strerror(errno)));
    std::string words(command);
    std::ranges::replace(words, '\n', ' ');
    // Complete and locked before anybody can see it.
    auto const draft = directory_ + "/draft";
    write_file(draft,
               fmt::format("kernel /proc/{0}/fd/{1}\ninitramfs /proc/{0}/fd/{2}\ncommand {3}\n{4}",
                           getpid(), kernel_.number(), initramfs.number(), words,
                           debugger == Debugger::attached ? "debugger\n" : ""));
    lock_ = Descriptor(open(draft.c_str(), O_RDONLY | O_CLOEXEC));
    if (!lock_ || flock(lock_.number(), LOCK_EX | LOCK_NB) != 0 ||
        rename(draft.c_str(), description(directory_).c_str()) != 0)
        throw Failure(fmt::format("cannot use {}: {}", directory_, std::strerror(errno)));
}

Announcement::~Announcement() {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
}

std::vector<RunningMachine> running_machines() {
    std::vector<RunningMachine> found;
    for (auto const& entry : fs::directory_iterator(home())) {
        auto const directory = entry.path().string();
        auto const file = description(directory);
        if (!fs::exists(file))
            continue; // it is just being made
        if (!is_held(file)) {
            std::error_code ignored;
            fs::remove_all(directory, ignored);
            continue;
        }
        RunningMachine machine;
        auto const name = entry.path().filename().string();
        std::from_chars(name.data(), name.data() + name.size(), machine.runner);
        machine.gdb_socket = directory + "/gdb";
        std::istringstream lines(read_file(file));
        for (std::string line; std::getline(lines, line);) {
            auto const space = line.find(' ');
            auto const key = line.substr(0, space);
            auto const value = space == std::string::npos ? "" : line.substr(space + 1);
            if (key == "kernel")
                machine.kernel = value;
            else if (key == "initramfs")
                machine.initramfs = value;
            else if (key == "command")
                machine.command = value;
            else if (key == "debugger")
                machine.has_debugger = true;
        }
        found.push_back(std::move(machine));
    }
    std::ranges::sort(found, {}, &RunningMachine::runner);
    return found;
}

RunningMachine choose_machine(pid_t runner) {
    auto machines = running_machines();
    if (machines.empty())
        throw Failure("no machine of yours runs", "start one in another terminal: ./linnet run");
    if (runner == 0) {
        if (machines.size() == 1)
            return std::move(machines[0]);
        throw Failure(fmt::format("{} machines run:{}", machines.size(), listing(machines)),
                      fmt::format("choose one: ./linnet bt --machine {}", machines[0].runner));
    }
    auto const found = std::ranges::find(machines, runner, &RunningMachine::runner);
    if (found == machines.end())
        throw Failure(
            fmt::format("no machine {} runs; those that do:{}", runner, listing(machines)),
            fmt::format("./linnet bt --machine {}", machines[0].runner));
    return std::move(*found);
}

} // namespace runner
