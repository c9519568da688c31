// Faults of programs: memory resolves what it can; the rest becomes a signal.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/log/log.hpp"
#include "kernel/process/oom.hpp"
#include "kernel/process/signals.hpp"
#include "kernel/sync/poison.hpp"
#include "kernel/task/containment.hpp"

#include <new>

namespace process {

namespace {

void kill_for_memory(Thread& self) {
    auto tree = pid_space().lock();
    begin_exit(tree, self.process(), Status::killed(Signal::kill));
}

uapi::SigInfo fault_info(Signal signal, i32 code, UserAddr at) {
    uapi::SigInfo info{};
    info.signo = std::to_underlying(signal);
    info.code = code;
    info.fault.address = at.value();
    return info;
}

void handle_page_fault(Thread& self, upcall::UserFault const& fault) {
    auto& process = self.process();
    process.minor_faults.fetch_add(1, MemoryOrder::relaxed);
    switch (self.address_space()->handle_fault(fault.at, fault.wanted)) {
    case mem::Verdict::resolved:
        return;
    case mem::Verdict::not_mapped:
        return raise_forced(self, fault_info(Signal::segv, uapi::segv_maperr, fault.at));
    case mem::Verdict::no_access:
        return raise_forced(self, fault_info(Signal::segv, uapi::segv_accerr, fault.at));
    case mem::Verdict::beyond_file:
        return raise_forced(self, fault_info(Signal::bus, uapi::bus_adrerr, fault.at));
    case mem::Verdict::out_of_memory:
        // The instruction is tried again once somebody has given up its memory.
        if (!relieve_memory())
            kill_for_memory(self);
        return;
    }
}

void handle(Thread& self, arch::UserRegisters& registers, upcall::UserFault const& fault) {
    using Kind = upcall::UserFault::Kind;
    UserAddr const at = registers.instruction();
    switch (fault.kind) {
    case Kind::page:
        return handle_page_fault(self, fault);
    case Kind::divide:
        return raise_forced(self, fault_info(Signal::fpe, uapi::fpe_intdiv, at));
    case Kind::float_error:
        return raise_forced(self, fault_info(Signal::fpe, fault.code, at));
    case Kind::breakpoint:
        return raise_forced(self, info_from_kernel(Signal::trap));
    case Kind::single_step:
        return raise_forced(self, fault_info(Signal::trap, uapi::trap_trace, at));
    case Kind::overflow:
        return raise_forced(self, info_from_kernel(Signal::segv));
    case Kind::illegal:
        return raise_forced(self, fault_info(Signal::ill, uapi::ill_illopn, at));
    case Kind::protection:
        return raise_forced(self, info_from_kernel(Signal::segv));
    case Kind::stack_segment:
        return raise_forced(self, info_from_kernel(Signal::bus));
    case Kind::alignment:
        return raise_forced(self, fault_info(Signal::bus, uapi::bus_adraln, UserAddr()));
    }
}

} // namespace

} // namespace process

void upcall::user_fault(arch::UserRegisters& registers, UserFault const& fault) {
    auto& self = process::Thread::current();
    u32 const depth = arch::preemption_depth();
    try {
        return process::handle(self, registers, fault);
    } catch (std::bad_alloc const&) {
        if (!process::relieve_memory())
            process::kill_for_memory(self);
        return;
    } catch (ksync::Poisoned const& poisoned) {
        process::kill_by_bug(self, "a fault", ksync::PoisonText(poisoned).view());
    } catch (KernelBug const& bug) {
        task::recover(depth);
        process::kill_by_bug(self, "a fault", bug.what);
    }
}
