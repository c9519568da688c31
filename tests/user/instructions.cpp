// user-instructions RATIO SIZE OURS THEIRS: both programs run one instruction at a time; how many
// they take in user mode. Fails when OURS takes more than RATIO percent of THEIRS, or its file has
// more than SIZE bytes.
#include <cstdio>
#include <cstdlib>

#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

/// 0 when the program does not end well.
long instructions(char const* program) {
    pid_t const child = fork();
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        if (std::freopen("/dev/null", "w", stdout) != nullptr)
            execl(program, program, nullptr);
        _exit(127);
    }
    long count = 0;
    int status = 0;
    waitpid(child, &status, 0); // stopped by its exec
    while (WIFSTOPPED(status)) {
        ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr);
        ++count;
        waitpid(child, &status, 0);
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? count : 0;
}

} // namespace

int main(int count, char** words) {
    if (count != 5) {
        std::fprintf(stderr, "usage: user-instructions RATIO SIZE OURS THEIRS\n");
        return 2;
    }
    struct stat file = {};
    if (stat(words[3], &file) != 0) {
        std::perror(words[3]);
        return 2;
    }
    long const ours = instructions(words[3]);
    long const theirs = instructions(words[4]);
    std::printf("%s: %ld instructions, %ld bytes; %s: %ld instructions; %.1f %%\n", words[3], ours,
                static_cast<long>(file.st_size), words[4], theirs,
                theirs != 0 ? 100.0 * static_cast<double>(ours) / static_cast<double>(theirs) : 0);
    bool const small = file.st_size <= std::atol(words[2]);
    bool const few = ours != 0 && theirs != 0 && ours * 100 <= theirs * std::atol(words[1]);
    return small && few ? 0 : 1;
}
