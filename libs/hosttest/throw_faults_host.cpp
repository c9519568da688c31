// Signals of CPU faults, passed on to the kernel's C++ runtime.
#include "libs/hosttest/throw_faults.hpp"

#include "kernel/runtime/text.hpp"
#include "kernel/runtime/throw.hpp"

#include <csignal>
#include <cstdlib>
#include <ucontext.h>

#include "libs/base/address.hpp"

namespace {

char const* name_of(int signal, u64 address) {
    switch (signal) {
    case SIGFPE:
        return "divide error";
    case SIGILL:
        return "invalid instruction";
    default:
        return address < page_size ? "null pointer" : "wild pointer";
    }
}

unwind::Registers in_dwarf_order(greg_t const (&from)[NGREG]) {
    constexpr int order[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                             REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                             REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
    unwind::Registers registers{};
    for (usize i = 0; i < registers.values.size(); ++i)
        registers.values.data()[i] = static_cast<u64>(from[order[i]]);
    return registers;
}

void fault(int signal, siginfo_t* information, void* interrupted) {
    auto& registers = static_cast<ucontext_t*>(interrupted)->uc_mcontext.gregs;
    auto const instruction = static_cast<u64>(registers[REG_RIP]);
    if (u64 const fixup = runtime::probe_fixup(instruction); fixup != 0) {
        registers[REG_RIP] = static_cast<greg_t>(fixup);
        return;
    }
    bool const touched = signal == SIGSEGV || signal == SIGBUS;
    u64 const address = touched ? address_of(static_cast<char*>(information->si_addr)).value() : 0;
    auto faulted = in_dwarf_order(registers);
    if (runtime::retry_mended(faulted)) {
        registers[REG_RIP] = static_cast<greg_t>(faulted[unwind::rip]);
        registers[REG_RSP] = static_cast<greg_t>(faulted[unwind::rsp]);
        return;
    }
    runtime::throw_from_fault(
        faulted,
        {.what = name_of(signal, address), .instruction = instruction, .address = address});
}

} // namespace

void hosttest::throw_faults() {
    struct sigaction action = {};
    action.sa_sigaction = fault;
    // Not blocked inside the handler, which does not return.
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    for (int const signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL})
        if (sigaction(signal, &action, nullptr) != 0)
            std::abort();
}
