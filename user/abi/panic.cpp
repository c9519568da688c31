// Ends by SIGABRT: abort, panic, and what stands for a damaged stack.
#include "abi/signal.hpp"
#include "user/abi/internal.hpp"

#include <cstring>

namespace {

void put(std::string_view text) noexcept {
    (void)linnet_write_all(2, text.data(), text.size());
}

} // namespace

extern "C" {

[[noreturn]] void linnet_abort(void) {
    using core::call;
    using core::Syscall;
    long const process = call(Syscall::getpid);
    long const thread = call(Syscall::gettid);
    u64 const none = 0;
    call(Syscall::rt_sigprocmask, uapi::sig_setmask, &none, nullptr, sizeof none);
    call(Syscall::tgkill, process, thread, uapi::Signal::abrt);
    // A handler returned, or it is ignored: without one it cannot be survived.
    uapi::SigAction const usual = {};
    call(Syscall::rt_sigaction, uapi::Signal::abrt, &usual, nullptr, sizeof none);
    call(Syscall::tgkill, process, thread, uapi::Signal::abrt);
    __builtin_trap();
}

[[noreturn]] void linnet_panic(char const* what, size_t length) {
    put(core::program_name());
    put(": panic: ");
    put({what, length});
    put("\n");
    linnet_abort();
}

/// By this name compiled code and libstdc++'s headers know it.
[[noreturn]] void abort() {
    linnet_abort();
}

/// For objects that were compiled with -fstack-protector; crt0 gives each process its own canary.
[[noreturn]] void __stack_chk_fail(void) {
    constexpr std::string_view what = "a function wrote beyond its part of the stack";
    linnet_panic(what.data(), what.size());
}

} // extern "C"
