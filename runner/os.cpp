// Small owners for what Linux gives the runner: descriptors, memory files, child processes.
#include "runner/os.hpp"

#include "runner/failure.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace runner {

void Descriptor::close() {
    if (number_ >= 0)
        ::close(std::exchange(number_, -1));
}

SocketPair SocketPair::open() {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0)
        throw Failure(fmt::format("no socket pair: {}", std::strerror(errno)));
    SocketPair pair{Descriptor(ends[0]), Descriptor(ends[1])};
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    // What QEMU has written must survive QEMU's sudden end, so leave it plenty of room.
    int const room = 1 << 20;
    setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    return pair;
}

Descriptor memory_file(std::string_view content) {
    Descriptor file(memfd_create("linnet", 0));
    if (!file)
        throw Failure(fmt::format("no memory file: {}", std::strerror(errno)));
    while (!content.empty()) {
        auto const written = write(file.number(), content.data(), content.size());
        if (written < 0)
            throw Failure(fmt::format("memory file: {}", std::strerror(errno)));
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return file;
}

TemporaryDirectory::TemporaryDirectory()
    : path_(std::filesystem::temp_directory_path() / "linnet-XXXXXX") {
    if (!mkdtemp(path_.data()))
        throw Failure(fmt::format("no temporary directory: {}", std::strerror(errno)));
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

Child Child::start(std::vector<std::string> const& arguments, Descriptor const& error,
                   Group group) {
    std::vector<char*> words;
    for (auto const& argument : arguments)
        words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);

    pid_t const parent = getpid();
    pid_t const process = fork();
    if (process < 0)
        throw Failure(fmt::format("cannot start {}: {}", arguments[0], std::strerror(errno)));
    if (process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(127);
        if (group == Group::own)
            setpgid(0, 0);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        int const null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        if (error)
            dup2(error.number(), 2);
        dup2(2, 1);
        execvp(words[0], words.data());
        std::string const text =
            fmt::format("cannot start {}: {}\n", arguments[0], std::strerror(errno));
        (void)!write(2, text.data(), text.size());
        _exit(127);
    }
    Child child;
    child.process_ = process;
    child.handle_ = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, process, 0)));
    return child;
}

Child::~Child() {
    if (process_ > 0) {
        kill();
        wait();
    }
}

void Child::kill() const {
    if (process_ > 0)
        ::kill(process_, SIGKILL);
}

int Child::wait() {
    int status = 0;
    while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

Captured capture(std::vector<std::string> const& arguments, Echo echo) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        throw Failure(fmt::format("no pipe: {}", std::strerror(errno)));
    Descriptor const from(ends[0]);
    Descriptor into(ends[1]);
    std::vector<char*> words;
    for (auto const& argument : arguments)
        words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    pid_t const process = fork();
    if (process == 0) {
        dup2(into.number(), 1);
        execvp(words[0], words.data());
        _exit(127);
    }
    into.close();
    Captured result;
    std::array<char, 4096> block{};
    ssize_t got = 0;
    while ((got = read(from.number(), block.data(), block.size())) > 0) {
        std::string_view const piece(block.data(), static_cast<std::size_t>(got));
        result.output += piece;
        if (echo == Echo::yes) {
            fmt::print("{}", piece);
            std::fflush(stdout);
        }
    }
    int status = 0;
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    result.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return result;
}

std::string output_of(std::vector<std::string> const& arguments) {
    auto result = capture(arguments, Echo::no);
    if (result.status != 0)
        throw Failure(
            fmt::format("`{}` failed with status {}", fmt::join(arguments, " "), result.status));
    return std::move(result.output);
}

std::string program_directory() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
}

std::string read_file(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw Failure(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Descriptor writable_file(std::string const& path) {
    Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666));
    if (!file)
        throw Failure(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
    return file;
}

void write_file(std::string const& path, std::string_view content) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    if (!file.flush())
        throw Failure(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

} // namespace runner
