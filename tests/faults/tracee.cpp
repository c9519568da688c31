// A process on which a debugger's hands are laid: breakpoints, registers, memory, by ptrace(2).
#include "tests/faults/tracee.hpp"

#include "runner/failure.hpp"

#include <csignal>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

namespace faults {
namespace {

/// In the order of Registers.
constexpr unsigned long long user_regs_struct::* order[] = {
    &user_regs_struct::rax, &user_regs_struct::rbx, &user_regs_struct::rcx, &user_regs_struct::rdx,
    &user_regs_struct::rsi, &user_regs_struct::rdi, &user_regs_struct::rbp, &user_regs_struct::rsp,
    &user_regs_struct::r8,  &user_regs_struct::r9,  &user_regs_struct::r10, &user_regs_struct::r11,
    &user_regs_struct::r12, &user_regs_struct::r13, &user_regs_struct::r14, &user_regs_struct::r15,
    &user_regs_struct::rip};
static_assert(std::size(order) == Registers::count);

long request(__ptrace_request what, pid_t process, void* data) {
    return ptrace(what, process, nullptr, data);
}

} // namespace

Tracee::Tracee(pid_t process) : process_(process) {
    if (auto const event = wait(); event.kind != Event::Kind::stopped)
        throw runner::Failure("the copy of the host's kernel does not stop");
    swallow();
    // Safe because options are passed in place of an address.
    request(PTRACE_SETOPTIONS, process_, reinterpret_cast<void*>(PTRACE_O_EXITKILL));
    memory_ = open(fmt::format("/proc/{}/mem", process_).c_str(), O_RDWR | O_CLOEXEC);
    if (memory_ < 0)
        throw runner::Failure("the memory of the host's kernel cannot be opened");
}

Tracee::~Tracee() {
    if (memory_ >= 0)
        close(memory_);
    if (!alive_)
        return;
    kill(process_, SIGKILL);
    int status = 0;
    while (waitpid(process_, &status, __WALL) == process_ && WIFSTOPPED(status)) {
    }
}

Tracee::Event Tracee::run() {
    return resume(PTRACE_CONT);
}

Tracee::Event Tracee::step() {
    return resume(PTRACE_SINGLESTEP);
}

Tracee::Event Tracee::resume(int how) {
    // Safe because the signal is passed in place of an address.
    auto* const signal = reinterpret_cast<void*>(static_cast<long>(std::exchange(pending_, 0)));
    if (request(static_cast<__ptrace_request>(how), process_, signal) != 0)
        throw runner::Failure("the host's kernel cannot go on");
    return wait();
}

Tracee::Event Tracee::wait() {
    int status = 0;
    if (waitpid(process_, &status, __WALL) != process_)
        throw runner::Failure("the host's kernel is gone");
    if (WIFSTOPPED(status)) {
        pending_ = WSTOPSIG(status);
        return {Event::Kind::stopped, pending_};
    }
    alive_ = false;
    return WIFEXITED(status) ? Event{Event::Kind::exited, WEXITSTATUS(status)}
                             : Event{Event::Kind::killed, WTERMSIG(status)};
}

Registers Tracee::registers() const {
    user_regs_struct all{};
    request(PTRACE_GETREGS, process_, &all);
    Registers result;
    for (unsigned i = 0; i < Registers::count; ++i)
        result.values[i] = all.*order[i];
    return result;
}

void Tracee::set_registers(Registers const& registers) {
    user_regs_struct all{};
    request(PTRACE_GETREGS, process_, &all);
    for (unsigned i = 0; i < Registers::count; ++i)
        all.*order[i] = registers.values[i];
    request(PTRACE_SETREGS, process_, &all);
}

bool Tracee::read(u64 address, std::span<std::byte> into) const {
    return pread(memory_, into.data(), into.size(), static_cast<off_t>(address)) ==
           static_cast<ssize_t>(into.size());
}

void Tracee::write(u64 address, std::span<std::byte const> bytes) {
    if (pwrite(memory_, bytes.data(), bytes.size(), static_cast<off_t>(address)) !=
        static_cast<ssize_t>(bytes.size()))
        throw runner::Failure("the memory of the host's kernel cannot be written");
}

} // namespace faults
