// System calls of the shell, and its signal handler.
#include "user/lsh/system.hpp"

#include "abi/fcntl.hpp"
#include "abi/process.hpp"
#include "user/abi/syscall.hpp"
#include "user/os/path.hpp"
#include "user/os/process.hpp"
#include "user/os/signal.hpp"
#include "user/os/text_list.hpp"

#include <atomic>

namespace lsh::system {
namespace {

using core::call;
using core::Syscall;

constexpr int first_high = 10; ///< scripts can name the ones below

std::atomic<u64> noted{0};
u64 asked = 0;   ///< signals whose handling at the start is known
u64 ignored = 0; ///< those that were ignored then

void note(int signal) {
    noted.fetch_or(u64{1} << signal, std::memory_order_relaxed);
}

} // namespace

Result<void> duplicate(Fd from, Fd to) {
    if (from == to) {
        constexpr int set_flags = 2;
        return os::succeeded(call(Syscall::fcntl, from, set_flags, 0));
    }
    return os::succeeded(call(Syscall::dup2, from, to));
}

Result<os::Handle> duplicate_high(Fd from) {
    constexpr int dupfd_cloexec = 1030;
    return os::handle(call(Syscall::fcntl, from, dupfd_cloexec, first_high));
}

bool is_open(Fd fd) {
    constexpr int get_flags = 1;
    return !core::failed(call(Syscall::fcntl, fd, get_flags, 0));
}

void close(Fd fd) {
    call(Syscall::close, fd);
}

usize terminal_columns(Fd terminal) {
    auto const size = os::window_size(terminal);
    return size && size->columns != 0 ? size->columns : 80;
}

usize readable_bytes(Fd fd) {
    int count = 0;
    call(Syscall::ioctl, fd, uapi::termios::fionread, &count);
    return count > 0 ? static_cast<usize>(count) : 0;
}

bool was_ignored(int signal) {
    u64 const bit = u64{1} << (signal - 1);
    if ((asked & bit) == 0) {
        asked |= bit;
        ignored |= os::is_ignored(os::Signal(signal)) ? bit : 0;
    }
    return (ignored & bit) != 0;
}

void handle(int signal, Handling handling) {
    (void)was_ignored(signal);
    auto const which = os::Signal(signal);
    switch (handling) {
    case Handling::usual:
        (void)os::default_signal(which);
        break;
    case Handling::ignored:
        (void)os::ignore_signal(which);
        break;
    case Handling::noted:
        (void)os::handle_signal(which, note, os::Restart::no);
        break;
    }
}

u64 take_noted_signals() {
    return noted.exchange(0, std::memory_order_relaxed);
}

bool any_noted() {
    return noted.load(std::memory_order_relaxed) != 0;
}

Result<std::optional<Change>> next_change(Wait wait) {
    constexpr u32 no_hang = 1;
    constexpr u32 stopped = 2;
    constexpr u32 continued = 8;
    u32 const options = wait == Wait::ends   ? 0
                        : wait == Wait::poll ? no_hang | stopped | continued
                                             : stopped;
    int raw = 0;
    auto const pid = TRY(os::checked(call(Syscall::wait4, -1, &raw, options, nullptr)));
    if (pid == 0)
        return std::optional<Change>();
    os::Status const status(raw);
    using Kind = shell::ProcessState::Kind;
    Change change{static_cast<i32>(pid), {}};
    if (auto const code = status.code())
        change.state = {Kind::exited, *code};
    else if (auto const by = status.stopped())
        change.state = {Kind::stopped, *by};
    else if (status.continued())
        change.state = {Kind::running, 0};
    else
        change.state = {Kind::killed, status.signal().value_or(0)};
    change.dumped_core = change.state.kind == Kind::killed && (raw & 0x80) != 0;
    return std::optional<Change>(change);
}

Errno execute(std::string_view path, Vector<String> const& arguments,
              Vector<String> const& environment) {
    os::TextList words;
    for (auto const& argument : arguments)
        words.add(argument);
    os::TextList variables;
    for (auto const& variable : environment)
        variables.add(variable);
    long const answer =
        call(Syscall::execve, os::CString(path).data(), words.data(), variables.data());
    return static_cast<Errno>(-answer);
}

bool may_access(std::string_view path, u32 how) {
    return !core::failed(
        call(Syscall::faccessat2, uapi::at_fdcwd, os::CString(path).data(), how, uapi::at_eaccess));
}

Result<i32> fork() {
    return static_cast<i32>(TRY(os::checked(call(Syscall::fork))));
}

i32 process_id() {
    return static_cast<i32>(call(Syscall::getpid));
}

i32 parent_process_id() {
    return static_cast<i32>(call(Syscall::getppid));
}

u32 effective_user() {
    return static_cast<u32>(call(Syscall::geteuid));
}

u32 effective_group() {
    return static_cast<u32>(call(Syscall::getegid));
}

Result<bool> read_byte(Fd fd, char& into) {
    return TRY(os::checked(call(Syscall::read, fd, &into, 1)))
    == 1;
}

} // namespace lsh::system
