// Plays user programs: system calls, signal handlers and execve as a CPU would meet them.
#include "kernel/host_system/user.hpp"

#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/host/machine.hpp"
#include "kernel/host_system/refusals.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/retry.hpp"

#include <deque>

namespace host_system {

namespace {

constexpr u64 bytes_per_code = 16;
constexpr u64 call_site = 8; ///< behind a piece of code's `syscall`

std::deque<Code>& codes() {
    static std::deque<Code> all; // a deque: what runs stays in place
    return all;
}

Code const* code_at(u64 at) {
    u64 const index = (at - text.value()) / bytes_per_code;
    return at >= text.value() && index < codes().size() ? &codes()[index] : nullptr;
}

bool replaces_program(Syscall number) {
    return number == Syscall::execve || number == Syscall::execveat;
}

} // namespace

UserAddr place_code(Code code) {
    ensure(codes().size() < most_code, "too much code");
    codes().push_back(std::move(code));
    return text + (codes().size() - 1) * bytes_per_code;
}

usize code_count() {
    return codes().size();
}

void forget_code(usize count) {
    while (codes().size() > count)
        codes().pop_back();
}

void User::run() {
    left_kernel();
    for (;;) {
        try {
            nested_ = 0;
            used_ = 0;
            jump();
            call(Syscall::exit_group, 0);
        } catch (Replaced const&) {
            // The registers are the new program's.
        }
    }
}

/// Runs what the instruction pointer points at; where nothing is, the CPU faults.
void User::jump() {
    if (auto const* const code = code_at(registers_.rip)) {
        (*code)(*this);
        return;
    }
    fault({.kind = upcall::UserFault::Kind::page,
           .at = UserAddr(registers_.rip),
           .wanted = arch::Access::execute});
    call(Syscall::exit_group, 1); // it was mapped, but there is no code
}

void User::fault(upcall::UserFault const& fault) {
    u64 const site = registers_.rip;
    registers_.orig_rax = ~u64{0};
    entered_kernel();
    retry_after_bug([&] { upcall::user_fault(registers_, fault); }); // as the machine does
    retry_after_bug([&] { upcall::before_user(registers_); });
    left_kernel();
    run_handlers(site);
}

/// Until the program is back at `site`, or where it repeats the call before.
void User::run_handlers(u64 site) {
    while (registers_.rip != site && registers_.rip != site - 2) {
        if (++nested_ > most_nested)
            call(Syscall::exit_group, 2);
        jump();
        registers_.rsp += 8; // the handler returns to the restorer
        registers_.orig_rax = registers_.rax = static_cast<u64>(Syscall::rt_sigreturn);
        make_call();
        --nested_;
    }
}

void User::make_call() {
    entered_kernel();
    host::system_call(registers_);
    left_kernel();
}

/// A call that failed because an allocation was refused has changed nothing, so it is repeated: who
/// runs with refusals sees none.
i64 User::enter(Syscall number, u64 const (&words)[6]) {
    bool const before = was_refused();
    i64 const result = enter_once(number, words);
    if (before || !was_refused())
        return result;
    bool const no_break = number == Syscall::brk && static_cast<u64>(result) != words[0];
    if (result == code(Errno::enomem) || no_break)
        return enter_once(number, words);
    bool const writes = number == Syscall::write || number == Syscall::pwrite64;
    if (writes && result > 0 && static_cast<u64>(result) < words[2]) {
        auto const done = static_cast<u64>(result); // a short write is right, too
        i64 const more =
            enter_once(number, {words[0], words[1] + done, words[2] - done, words[3] + done});
        return result + std::max<i64>(more, 0);
    }
    return result;
}

i64 User::enter_once(Syscall number, u64 const (&words)[6]) {
    u64 const site = entry().value() + call_site;
    registers_.rax = static_cast<u64>(number);
    registers_.rdi = words[0];
    registers_.rsi = words[1];
    registers_.rdx = words[2];
    registers_.r10 = words[3];
    registers_.r8 = words[4];
    registers_.r9 = words[5];
    for (;;) {
        registers_.rip = site;
        registers_.orig_rax = registers_.rax;
        make_call();
        if (replaces_program(number) && !registers_.from_system_call())
            throw Replaced();
        run_handlers(site);
        if (registers_.rip == site)
            return registers_.result();
    }
}

UserAddr User::entry() const {
    return UserAddr(registers_.rip / bytes_per_code * bytes_per_code);
}

/// The child starts where the registers point.
i64 User::start(UserAddr code, Syscall number, u64 const (&words)[6]) {
    u64 const here = registers_.rip;
    registers_.rip = code.value();
    i64 const child = enter(number, words);
    registers_.rip = here;
    return child;
}

i64 User::fork(UserAddr code) {
    return start(code, Syscall::fork, {});
}

i64 User::clone(UserAddr code, u64 flags, UserAddr child_tid) {
    return start(code, Syscall::clone, {flags, 0, 0, child_tid.value(), 0, 0});
}

UserAddr User::room(usize bytes) {
    ensure(bytes <= memory_size, "more than a program's memory");
    used_ = align_up(used_, 16);
    if (used_ + bytes > memory_size)
        used_ = 0;
    UserAddr const at = memory + used_;
    used_ += bytes;
    return at;
}

UserAddr User::put(ConstBytes bytes) {
    UserAddr const at = room(bytes.size());
    static_cast<void>(arch::copy_to_user(at, bytes));
    return at;
}

UserAddr User::put(std::string_view string) {
    UserAddr const at = room(string.size() + 1);
    static_cast<void>(arch::copy_to_user(at, bytes_of(string)));
    static_cast<void>(arch::zero_user(at + string.size(), 1));
    return at;
}

std::string User::read_file(std::string_view path) {
    constexpr usize most = 2000;
    i64 const fd = call(Syscall::open, path, 0);
    UserAddr const into = room(most);
    i64 const count = call(Syscall::read, fd, into, most);
    call(Syscall::close, fd);
    return count < 0 ? "error" : text_at(into, static_cast<usize>(count));
}

std::string User::text_at(UserAddr at, usize size) {
    std::string result(size, '\0');
    result.resize(arch::copy_from_user(std::as_writable_bytes(std::span(result)), at));
    return result;
}

} // namespace host_system
