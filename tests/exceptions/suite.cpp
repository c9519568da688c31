// Runs the cases of kernel/task/exception_cases.hpp on the host, each in a process of its own.
//
// suite            compares each case's trace with the one expected
// suite --write    prints the table of expected traces; for the build with libgcc, the judge
#include "kernel/task/exception_cases.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

char trace[8192];
std::size_t trace_size = 0;
bool memory_allowed = true;

void append(char const* text) {
    std::size_t const size = std::strlen(text);
    if (trace_size + size >= sizeof trace)
        std::abort();
    std::memcpy(trace + trace_size, text, size);
    trace_size += size;
}

[[noreturn]] void finish() {
    (void)!write(STDOUT_FILENO, trace, trace_size);
    _exit(0);
}

[[noreturn]] void terminated() {
    edge::note("terminate");
    finish();
}

/// What the case leaves, or how its process died.
std::string run(edge::Case const& one) {
    int ends[2];
    if (pipe(ends) != 0)
        std::abort();
    pid_t const child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        alarm(60);
        std::set_terminate(terminated);
        one.run();
        finish();
    }
    close(ends[1]);
    std::string text;
    char buffer[4096];
    for (ssize_t size; (size = read(ends[0], buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(size));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0)
        text += "died with status " + std::to_string(status);
    return text;
}

void print_entry(edge::Case const& one, std::string const& text) {
    std::printf("{\"%s\", edge::%s,\n", one.name, one.name);
    for (std::size_t from = 0; from < text.size();) {
        std::size_t const end =
            from + 85 >= text.size() ? text.size() : text.rfind(' ', from + 85) + 1;
        std::printf(" \"%s\"%s\n", text.substr(from, end - from).c_str(),
                    end == text.size() ? "}," : "");
        from = end;
    }
}

} // namespace

namespace edge {

void note(char const* word) {
    append(word);
    append("; ");
}

void note(char const* word, long number) {
    append(word);
    char digits[24];
    std::snprintf(digits, sizeof digits, " %ld; ", number);
    append(digits);
}

void on_four_cpus(void (*run)(unsigned index)) {
    std::vector<std::thread> threads;
    for (unsigned index = 0; index < 4; ++index)
        threads.emplace_back(run, index);
    for (auto& thread : threads)
        thread.join();
}

void allow_memory(bool allowed) {
    memory_allowed = allowed;
}

std::span<char> spare_stack() {
    alignas(16) static char stack[1 << 20];
    return stack;
}

} // namespace edge

// Both runtimes take memory for exceptions from here.
extern "C" void* __libc_malloc(std::size_t size);

extern "C" void* malloc(std::size_t size) {
    return memory_allowed ? __libc_malloc(size) : nullptr;
}

int main(int count, char** words) {
    bool const write = count == 2 && std::strcmp(words[1], "--write") == 0;
    int failed = 0;
    if (write)
        std::printf("// What each case leaves with libgcc and libstdc++; `linnet-exceptions-judge "
                    "--write` made it.\n");
    for (auto const& one : edge::cases()) {
        std::fflush(stdout);
        auto const text = run(one);
        if (write) {
            print_entry(one, text);
        } else if (text != one.trace) {
            std::printf("%s\n  expected: %s\n  left:     %s\n", one.name, one.trace, text.c_str());
            ++failed;
        }
    }
    if (!write)
        std::printf("%zu cases, %d failed\n", edge::cases().size(), failed);
    return failed != 0;
}
