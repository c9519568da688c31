// Small owners for what Linux gives the runner: descriptors, memory files, child processes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace runner {

/// A file descriptor that closes itself.
class Descriptor {
public:
    Descriptor() = default;

    explicit Descriptor(int number) : number_(number) {}

    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }

    ~Descriptor() { close(); }

    int number() const { return number_; }

    explicit operator bool() const { return number_ >= 0; }

    void close();

private:
    int number_ = -1;
};

/// Two connected stream sockets: `ours` is non-blocking and closed on exec, `theirs` is inherited.
struct SocketPair {
    Descriptor ours;
    Descriptor theirs;

    static SocketPair open();
};

/// A file that exists only in memory and is inherited by children; its path is /proc/self/fd/N.
Descriptor memory_file(std::string_view content);

/// A directory that only we can enter; it goes with this object, and all that is in it.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    TemporaryDirectory(TemporaryDirectory const&) = delete;
    ~TemporaryDirectory();

    std::string const& path() const { return path_; }

private:
    std::string path_;
};

/// A child process that does not outlive the runner: it is killed when this object goes.
class Child {
public:
    enum class Group { ours, own };

    /// Starts `arguments[0]` (searched in PATH). `error` becomes its stderr when given, its
    /// stdin is /dev/null. `Group::own` keeps the terminal's Ctrl-C away from it.
    static Child start(std::vector<std::string> const& arguments, Descriptor const& error,
                       Group group);

    Child() = default;

    Child(Child&& other) noexcept
        : process_(std::exchange(other.process_, -1)), handle_(std::move(other.handle_)) {}

    Child& operator=(Child&& other) noexcept {
        std::swap(process_, other.process_);
        std::swap(handle_, other.handle_);
        return *this;
    }

    ~Child();

    /// Readable once the child has ended.
    Descriptor const& handle() const { return handle_; }

    pid_t process() const { return process_; }

    void kill() const;
    /// Waits for the end: 0-255, or 128 + signal.
    int wait();

private:
    pid_t process_ = -1;
    Descriptor handle_;
};

/// What a command wrote to stdout, and its exit code.
struct Captured {
    int status = 0;
    std::string output;
};

/// Runs a command to its end. `Echo::yes` shows its output as it comes, too.
enum class Echo { no, yes };
Captured capture(std::vector<std::string> const& arguments, Echo echo);

/// The output of a command that must succeed; throws Failure otherwise.
std::string output_of(std::vector<std::string> const& arguments);

/// The directory of the running program, with symlinks resolved.
std::string program_directory();

std::string read_file(std::string const& path);
/// Empties or creates a file that children inherit. Throws Failure when it cannot be written.
Descriptor writable_file(std::string const& path);
void write_file(std::string const& path, std::string_view content);

} // namespace runner
