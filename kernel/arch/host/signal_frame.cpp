// Signal frames and fresh programs of the host machine: what tests of signals need, without an FPU.
#include "kernel/arch/api/signal_frame.hpp"
#include "kernel/arch/api/user_copy.hpp"

namespace arch {

namespace {

constexpr u64 red_zone = 128;

/// Lies on the user stack while a handler runs.
struct HostFrame {
    u64 restorer; ///< where the handler returns to
    u64 magic;
    UserRegisters registers;
    SignalReturn saved;
    std::byte siginfo[128];
};

constexpr u64 frame_magic = 0x6c696e6e6574'5347;

} // namespace

Result<void> push_signal_frame(Context&, UserRegisters& registers, SignalFrame const& frame) {
    if (frame.restorer == UserAddr())
        return fail(Errno::efault);
    u64 const top = frame.alternate_size != 0 ? frame.alternate_stack.value() + frame.alternate_size
                                              : registers.rsp - red_zone;
    HostFrame pushed{.restorer = frame.restorer.value(),
                     .magic = frame_magic,
                     .registers = registers,
                     .saved = {.mask = frame.mask,
                               .alternate_sp = frame.saved_alternate_sp,
                               .alternate_flags = frame.saved_alternate_flags,
                               .alternate_size = frame.saved_alternate_size},
                     .siginfo = {}};
    copy_bytes(pushed.siginfo, frame.siginfo);
    // As a call leaves it: 8 below a multiple of 16.
    UserAddr const at(align_down(top - sizeof pushed, 16) - 8);
    if (copy_to_user(at, object_bytes(pushed)) != sizeof pushed)
        return fail(Errno::efault);
    registers.rip = frame.handler.value();
    registers.rsp = at.value();
    registers.rdi = static_cast<u64>(frame.number);
    registers.rsi = at.value() + offsetof(HostFrame, siginfo);
    registers.rdx = at.value();
    registers.rax = 0;
    registers.orig_rax = ~u64{0};
    return {};
}

Result<SignalReturn> pop_signal_frame(Context&, UserRegisters& registers) {
    HostFrame frame{};
    UserAddr const at(registers.rsp - sizeof frame.restorer); // the handler's return took it
    if (copy_from_user(writable_object_bytes(frame), at) != sizeof frame ||
        frame.magic != frame_magic)
        return fail(Errno::efault);
    registers = frame.registers;
    registers.orig_rax = ~u64{0};
    return frame.saved;
}

ProgramFeatures program_features() {
    return {0x1234, 0x2};
}

UserRegisters program_start(UserAddr entry, UserAddr stack) {
    UserRegisters registers{};
    registers.rip = entry.value();
    registers.rsp = stack.value();
    registers.orig_rax = ~u64{0};
    return registers;
}

} // namespace arch
