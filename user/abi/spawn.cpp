// Child processes of the C core.
#include "user/abi/spawn.hpp"
#include "user/abi/internal.hpp"

#include "abi/errno.hpp"
#include "abi/fcntl.hpp"
#include "abi/memory.hpp"
#include "abi/process.hpp"
#include "abi/signal.hpp"

namespace core {
namespace {

constexpr usize stack_size = 64_KiB;
constexpr long interrupted = -static_cast<long>(uapi::Errno::eintr);

struct Start {
    ChildSteps* steps;
    u64 signal_mask; ///< the parent's, which the child has after its steps
};

/// The parent's handlers must not run here, between the end of the blocking and exec.
void reset_signals() noexcept {
    u64 const handled = handled_signals.load(std::memory_order_relaxed);
    uapi::SigAction const usual = {};
    for (int signal = 1; signal <= uapi::signal_count; ++signal)
        if ((handled >> (signal - 1) & 1) != 0)
            call(Syscall::rt_sigaction, signal, &usual, nullptr, sizeof handled);
}

/// Runs in the child, in the parent's memory, while the parent waits.
void child(void* argument) {
    auto& start = *static_cast<Start*>(argument);
    reset_signals();
    start.steps->error = start.steps->run(*start.steps, start.signal_mask);
    call(Syscall::exit, 127);
}

struct SimpleSteps : ChildSteps {
    char const* path;
    char* const* arguments;
    char* const* environment;
    int const* fds;
};

long run_simple(ChildSteps& base, u64 mask) noexcept {
    auto& steps = static_cast<SimpleSteps&>(base);
    if (long const error = arrange_descriptors(steps.fds, 3))
        return error;
    return finish_child(steps.path, steps.arguments, steps.environment, mask);
}

} // namespace

constinit std::atomic<u64> handled_signals{0};

u64 signal_return_address() noexcept {
    return reinterpret_cast<u64>(&linnet_signal_return); // Safe because the kernel returns there.
}

u64 address_of_handler(void (*handler)(int)) noexcept {
    return reinterpret_cast<u64>(handler); // Safe because the kernel calls it as such.
}

long arrange_descriptors(int const* fds, int count) noexcept {
    // First out of the way of each other, then to their places.
    int moved[max_descriptors];
    for (int i = 0; i < count; ++i) {
        moved[i] = fds[i];
        if (fds[i] < 0 || fds[i] == i)
            continue;
        long const copy = call(Syscall::fcntl, fds[i], uapi::f_dupfd_cloexec, count);
        if (failed(copy))
            return copy;
        moved[i] = static_cast<int>(copy);
    }
    for (int i = 0; i < count; ++i) {
        if (moved[i] < 0)
            continue;
        long const answer = moved[i] == i ? call(Syscall::fcntl, i, uapi::f_setfd, 0)
                                          : call(Syscall::dup3, moved[i], i, 0);
        if (failed(answer))
            return answer;
    }
    return 0;
}

long finish_child(char const* path, char* const* arguments, char* const* environment,
                  u64 mask) noexcept {
    call(Syscall::rt_sigprocmask, uapi::sig_setmask, &mask, nullptr, sizeof mask);
    return call(Syscall::execve, path, arguments, environment);
}

long start_child(ChildSteps& steps) noexcept {
    long const stack = call(Syscall::mmap, 0, stack_size, 3, 0x22, -1, 0);
    if (failed(stack))
        return stack;
    Start start = {&steps, 0};
    u64 const all = ~u64{0};
    call(Syscall::rt_sigprocmask, uapi::sig_setmask, &all, &start.signal_mask, sizeof all);
    auto const flags = static_cast<u64>(uapi::Clone::vm) | static_cast<u64>(uapi::Clone::vfork) |
                       static_cast<u64>(uapi::Signal::chld);
    auto* const top = reinterpret_cast<std::byte*>(stack) + stack_size; // Safe: just mapped.
    steps.error = 0;
    long const pid = linnet_clone(flags, top, nullptr, nullptr, nullptr, child, &start);
    call(Syscall::rt_sigprocmask, uapi::sig_setmask, &start.signal_mask, nullptr, sizeof all);
    call(Syscall::munmap, stack, stack_size);
    if (failed(pid) || steps.error == 0)
        return pid;
    while (call(Syscall::wait4, pid, nullptr, 0, nullptr) == interrupted) {
    }
    return steps.error;
}

} // namespace core

extern "C" {

long linnet_spawn(char const* path, char* const* arguments, char* const* environment,
                  int const* fds) {
    core::SimpleSteps steps = {};
    steps.run = core::run_simple;
    steps.path = path;
    steps.arguments = arguments;
    steps.environment = environment;
    steps.fds = fds;
    return core::start_child(steps);
}

long linnet_wait(long pid, int* status) {
    for (;;) {
        long const answer = core::call(core::Syscall::wait4, pid, status, 0, nullptr);
        if (answer != core::interrupted)
            return answer;
    }
}

} // extern "C"
