// Corner cases of looking at other processes: ptrace, /proc/PID/mem.
#include "tests/corners/corners.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <elf.h>
#include <fcntl.h>
#include <string>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

namespace corners {
namespace {

unsigned long volatile marked = 0x1122334455667788;

/// A child that sleeps.
pid_t sleeper() {
    pid_t const child = fork();
    if (child == 0)
        for (;;)
            pause();
    return child;
}

std::string proc_file(pid_t process, char const* name) {
    int const file = open(("/proc/" + std::to_string(process) + name).c_str(), O_RDONLY);
    char text[1024];
    ssize_t const size = read(file, text, sizeof text);
    close(file);
    return {text, size > 0 ? static_cast<std::size_t>(size) : 0};
}

char state_of(pid_t process) {
    auto const text = proc_file(process, "/stat");
    auto const behind = text.rfind(") ");
    return behind != text.npos ? text[behind + 2] : '?';
}

bool traced_by_us(pid_t process) {
    auto const wanted = "TracerPid:\t" + std::to_string(getpid()) + "\n";
    return proc_file(process, "/status").find(wanted) != std::string::npos;
}

void wait_asleep(pid_t process) {
    while (state_of(process) != 'S')
        usleep(1000);
}

void wait_stop(pid_t process, int options) {
    int status = 0;
    say("waited", waitpid(process, &status, options) == process);
    std::printf("status %x\n", static_cast<unsigned>(status));
}

void end(pid_t process) {
    kill(process, SIGKILL);
    int status = 0;
    waitpid(process, &status, 0);
    say("ended", ending(status));
}

void looking() {
    pid_t const child = sleeper();
    wait_asleep(child);
    user_regs_struct registers{};
    SHOW(ptrace(PTRACE_GETREGS, child, nullptr, &registers));
    SHOW(ptrace(PTRACE_INTERRUPT, child, nullptr, nullptr));
    SHOW(ptrace(PTRACE_DETACH, child, nullptr, nullptr));
    SHOW(ptrace(PTRACE_SEIZE, child, 1, nullptr));
    SHOW(ptrace(PTRACE_SEIZE, child, nullptr, nullptr));
    SHOW(ptrace(PTRACE_SEIZE, child, nullptr, nullptr));
    say("traced", traced_by_us(child));
    SHOW(ptrace(PTRACE_GETREGS, child, nullptr, &registers));
    SHOW(ptrace(PTRACE_DETACH, child, nullptr, nullptr));
    SHOW(waitpid(child, nullptr, WNOHANG));
    SHOW(ptrace(PTRACE_INTERRUPT, child, nullptr, nullptr));
    wait_stop(child, 0);
    SHOW(waitpid(child, nullptr, WNOHANG));
    std::printf("state %c\n", state_of(child));
    SHOW(ptrace(PTRACE_GETREGS, child, nullptr, &registers));
    say("call", static_cast<long>(registers.orig_rax));
    say("code segment", static_cast<long>(registers.cs));
    say("thread pointer is ours", registers.fs_base != 0);
    SHOW(ptrace(PTRACE_GETREGS, child, nullptr, reinterpret_cast<void*>(8)));
    user_regs_struct again{};
    iovec set{&again, sizeof again};
    SHOW(ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &set));
    say("the same",
        set.iov_len == sizeof again && again.rip == registers.rip && again.rsp == registers.rsp);
    set.iov_len = 16;
    SHOW(ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &set));
    say("length", static_cast<long>(set.iov_len));
    errno = 0;
    std::printf("word %lx %d\n", ptrace(PTRACE_PEEKDATA, child, &marked, nullptr), errno);
    SHOW(ptrace(PTRACE_PEEKDATA, child, 8, nullptr));
    SHOW(ptrace(PTRACE_CONT, child, nullptr, nullptr));
    SHOW(ptrace(PTRACE_GETREGS, child, nullptr, &registers));
    SHOW(ptrace(PTRACE_INTERRUPT, child, nullptr, nullptr));
    wait_stop(-1, 0);
    SHOW(ptrace(PTRACE_DETACH, child, nullptr, nullptr));
    say("traced", traced_by_us(child));
    wait_asleep(child);
    SHOW(ptrace(PTRACE_DETACH, child, nullptr, nullptr));
    end(child);
    SHOW(ptrace(PTRACE_SEIZE, child, nullptr, nullptr));
}

void attaching() {
    pid_t const child = sleeper();
    wait_asleep(child);
    SHOW(ptrace(PTRACE_ATTACH, child, nullptr, nullptr));
    wait_stop(child, __WALL);
    SHOW(ptrace(PTRACE_DETACH, child, nullptr, nullptr));
    wait_asleep(child);
    end(child);
    SHOW(ptrace(PTRACE_ATTACH, getpid(), nullptr, nullptr));
    SHOW(ptrace(static_cast<__ptrace_request>(0x7777), 1, nullptr, nullptr));
    in_child([] {
        become_nobody();
        SHOW(ptrace(PTRACE_ATTACH, getppid(), nullptr, nullptr));
        SHOW(open("/proc/1/mem", O_RDONLY));
    });
}

void ends_of_tracers() {
    // The tracer ends while the other is stopped: that one goes on.
    pid_t const child = sleeper();
    wait_asleep(child);
    in_child([child] {
        SHOW(ptrace(PTRACE_SEIZE, child, nullptr, nullptr));
        SHOW(ptrace(PTRACE_INTERRUPT, child, nullptr, nullptr));
        wait_stop(child, __WALL);
    });
    wait_asleep(child);
    SHOW(ptrace(PTRACE_SEIZE, child, nullptr, nullptr));
    SHOW(ptrace(PTRACE_INTERRUPT, child, nullptr, nullptr));
    wait_stop(child, 0);
    end(child); // while it is stopped
}

void memory_file() {
    int const own = open("/proc/self/mem", O_RDWR);
    say("opened", own >= 0);
    unsigned long word = 0;
    SHOW(pread(own, &word, sizeof word, reinterpret_cast<off_t>(&marked)));
    std::printf("word %lx\n", word);
    word = 5;
    SHOW(pwrite(own, &word, sizeof word, reinterpret_cast<off_t>(&marked)));
    std::printf("word %lx\n", marked);
    SHOW(pread(own, &word, sizeof word, 8));
    SHOW(pwrite(own, &word, sizeof word, 8));
    SHOW(lseek(own, 16, SEEK_SET));
    SHOW(read(own, &word, sizeof word));
    SHOW(lseek(own, 0, SEEK_CUR));
    marked = 0x1122334455667788;
    close(own);
}

constexpr Section sections[] = {{"trace-looking", looking},
                                {"trace-attaching", attaching},
                                {"trace-ends", ends_of_tracers},
                                {"trace-memory", memory_file}};

} // namespace

std::span<Section const> const trace_sections = sections;

} // namespace corners
