// corners SECTION: tries one group of corner cases of system calls and prints what each brings.
#include "tests/corners/corners.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace corners {

long show(char const* call, long result) {
    if (result == -1)
        std::printf("%s = %s\n", call, strerrorname_np(errno));
    else
        std::printf("%s = %ld\n", call, result);
    return result;
}

void say(char const* name, long value) {
    std::printf("%s: %ld\n", name, value);
}

void say(char const* name, std::string_view text) {
    std::printf("%s: %.*s\n", name, static_cast<int>(text.size()), text.data());
}

int file_with(char const* name, std::string_view content) {
    int const file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || write(file, content.data(), content.size()) < 0)
        std::perror(name);
    lseek(file, 0, SEEK_SET);
    return file;
}

std::string content(int file) {
    std::string all;
    char part[4096];
    for (ssize_t count;
         (count = pread(file, part, sizeof part, static_cast<off_t>(all.size()))) > 0;)
        all.append(part, static_cast<std::size_t>(count));
    for (char& c : all)
        if (c == 0)
            c = '.';
    return all;
}

int in_child(std::function<void()> const& work) {
    std::fflush(stdout);
    pid_t const child = fork();
    if (child == 0) {
        work();
        std::fflush(stdout);
        _exit(0);
    }
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

std::string ending(int status) {
    if (WIFEXITED(status))
        return "exit " + std::to_string(WEXITSTATUS(status));
    if (WIFSIGNALED(status))
        return "signal " + std::to_string(WTERMSIG(status)) + (WCOREDUMP(status) ? " core" : "");
    return "status " + std::to_string(status);
}

void become_nobody() {
    if (setgroups(0, nullptr) != 0 || setresgid(nobody, nobody, nobody) != 0 ||
        setresuid(nobody, nobody, nobody) != 0)
        std::perror("become nobody");
}

void await_state(int process, char state) {
    auto const path = "/proc/" + std::to_string(process) + "/stat";
    for (char text[512] = {};; usleep(1000)) {
        int const file = open(path.c_str(), O_RDONLY);
        if (file < 0)
            return;
        auto const count = read(file, text, sizeof text - 1);
        close(file);
        text[count > 0 ? count : 0] = 0;
        char const* const end = std::strrchr(text, ')');
        if (end && end[2] == state)
            return;
    }
}

namespace {

int run(char const* name) {
    for (auto const& group :
         {attribute_sections, child_sections, descriptor_sections, event_sections, exec_sections,
          file_sections, memory_sections, name_sections, process_sections, schedule_sections,
          session_sections, shell_sections, signal_sections, terminal_sections, time_sections,
          trace_sections, transfer_sections}) {
        for (auto const& section : group) {
            if (!name)
                std::puts(section.name);
            else if (std::strcmp(name, section.name) == 0) {
                section.run();
                return 0;
            }
        }
    }
    return name ? 2 : 0;
}

} // namespace
} // namespace corners

int main(int count, char** words) {
    setvbuf(stdout, nullptr, _IOLBF, 0);
    umask(022);
    int const status = corners::run(count > 1 ? words[1] : nullptr);
    if (status != 0)
        std::fprintf(stderr, "corners: no section %s\n", words[1]);
    return status;
}
