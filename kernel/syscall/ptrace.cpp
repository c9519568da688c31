// ptrace(2): requests that stop, read and let go.
#include "kernel/syscall/ptrace.hpp"

#include "abi/core.hpp"
#include "kernel/process/trace.hpp"

#include <algorithm>

namespace sys {

namespace {

using uapi::PtraceRequest;

Result<u64> peek(process::Thread& caller, Pid pid, u64 address) {
    auto const space = TRY(process::tracee_memory(caller, pid));
    u64 word = 0;
    if (space->copy_in(writable_object_bytes(word), UserAddr(address)) != sizeof word)
        return fail(Errno::eio);
    return word;
}

/// Through an iovec, whose length becomes that of what was written.
Result<void> get_register_set(process::Thread& caller, Pid pid, u64 which, UserAddr vector) {
    struct Room {
        u64 start;
        u64 size;
    };

    auto const registers = TRY(process::tracee_registers(caller, pid));
    if (which != uapi::nt_prstatus)
        return fail(Errno::einval);
    auto room = TRY(copy_in<Room>(vector));
    room.size = std::min<u64>(room.size, sizeof registers);
    if (arch::copy_to_user(UserAddr(room.start), object_bytes(registers).first(room.size)) !=
        room.size)
        return fail(Errno::efault);
    return copy_out(vector, room);
}

/// Signals cannot be put in, or be caught before the program gets them.
Result<void> check_signal(u64 signal) {
    return signal == 0 ? Result<void>() : fail(Errno::eio);
}

} // namespace

Result<void> ptrace(process::Thread& caller, PtraceRequest request, Pid pid, u64 address,
                    u64 data) {
    switch (request) {
    case PtraceRequest::attach:
        TRY(process::seize(caller, pid));
        return process::stop_tracee(caller, pid, process::StopAs::attach);
    case PtraceRequest::seize:
        if (address != 0 || data != 0) // no option is known
            return fail(Errno::eio);
        return process::seize(caller, pid);
    case PtraceRequest::interrupt:
        return process::stop_tracee(caller, pid, process::StopAs::interrupt);
    case PtraceRequest::cont:
        TRY(check_signal(data));
        return process::resume_tracee(caller, pid);
    case PtraceRequest::detach:
        TRY(check_signal(data));
        return process::detach(caller, pid);
    case PtraceRequest::peek_text:
    case PtraceRequest::peek_data:
        return copy_out(UserAddr(data), TRY(peek(caller, pid, address)));
    case PtraceRequest::get_registers:
        return copy_out(UserAddr(data), TRY(process::tracee_registers(caller, pid)));
    case PtraceRequest::get_register_set:
        return get_register_set(caller, pid, address, UserAddr(data));
    }
    TRY(process::tracee_registers(caller, pid)); // that it is ours comes first
    return fail(Errno::eio);
}

} // namespace sys
