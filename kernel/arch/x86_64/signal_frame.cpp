// Builds and reads signal frames; signal_layout.hpp draws them.
#include "kernel/arch/api/signal_frame.hpp"

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/api/user_copy.hpp"
#include "kernel/arch/x86_64/asm_offsets.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"
#include "kernel/arch/x86_64/features.hpp"
#include "kernel/arch/x86_64/fpu.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "kernel/arch/x86_64/signal_layout.hpp"

#include <cstring>

namespace arch {
namespace {

constexpr u64 red_zone = 128;
constexpr u64 flag_direction = u64{1} << 10;
constexpr u64 flag_resume = u64{1} << 16;
/// What sigreturn may set: AC, OF, DF, TF, SF, ZF, AF, PF, CF, RF.
constexpr u64 flags_of_programs = 0x5'0dd5;

/// Kernel memory for one FPU area, while user memory is copied.
class FpuBuffer {
public:
    static Result<FpuBuffer> allocate() {
        auto* const bytes =
            static_cast<std::byte*>(upcall::allocate_bytes(cpu_features.xsave_bytes, 64));
        if (bytes == nullptr)
            return fail(Errno::enomem);
        return FpuBuffer(bytes);
    }

    FpuBuffer(FpuBuffer&& other) : bytes_(other.bytes_) { other.bytes_ = nullptr; }

    FpuBuffer& operator=(FpuBuffer&&) = delete;

    ~FpuBuffer() {
        if (bytes_ != nullptr)
            upcall::free_bytes(bytes_, cpu_features.xsave_bytes);
    }

    std::byte* data() const { return bytes_; }

private:
    explicit FpuBuffer(std::byte* bytes) : bytes_(bytes) {}

    std::byte* bytes_;
};

Result<void> put(UserAddr to, ConstBytes bytes) {
    if (copy_to_user(to, bytes) != bytes.size())
        return fail(Errno::efault);
    return {};
}

Result<void> take(Bytes into, UserAddr from) {
    if (copy_from_user(into, from) != into.size())
        return fail(Errno::efault);
    return {};
}

/// Bytes on the user stack.
usize fpu_frame_size() {
    return cpu_features.xsave_bytes + (cpu_features.xsave ? sizeof second_magic : 0);
}

Result<void> push_fpu(Context& self, UserAddr to) {
    auto const buffer = TRY(FpuBuffer::allocate());
    {
        InterruptsOff const off;
        save_fpu(self.fpu);
        std::memcpy(buffer.data(), self.fpu, cpu_features.xsave_bytes);
    }
    ExtendedState extended{};
    if (cpu_features.xsave)
        extended = {.magic = first_magic,
                    .extended_size = cpu_features.xsave_bytes + u32{sizeof second_magic},
                    .parts = cpu_features.xsave_mask,
                    .size = cpu_features.xsave_bytes};
    std::memcpy(buffer.data() + extended_state_at, &extended, sizeof extended);
    TRY(put(to, {buffer.data(), cpu_features.xsave_bytes}));
    if (cpu_features.xsave)
        TRY(put(to + cpu_features.xsave_bytes, object_bytes(second_magic)));
    return {};
}

/// Whether the extended part that the frame announces is there as this CPU has it.
Result<bool> has_extended_state(std::byte const* fxsave, UserAddr from) {
    ExtendedState extended;
    std::memcpy(&extended, fxsave + extended_state_at, sizeof extended);
    if (!cpu_features.xsave || extended.magic != first_magic ||
        extended.size != cpu_features.xsave_bytes ||
        extended.extended_size != extended.size + sizeof second_magic)
        return false;
    u32 magic = 0;
    TRY(take(writable_object_bytes(magic), from + extended.size));
    return magic == second_magic;
}

Result<void> pop_fpu(Context& self, UserAddr from) {
    if (from == UserAddr())
        return self.reset_fpu();
    auto const buffer = TRY(FpuBuffer::allocate());
    initialise_fpu_area(buffer.data());
    TRY(take({buffer.data(), fxsave_size}, from));
    if (TRY(has_extended_state(buffer.data(), from)))
        TRY(take({buffer.data() + fxsave_size, cpu_features.xsave_bytes - fxsave_size},
                 from + fxsave_size));
    else if (cpu_features.xsave)
        buffer.data()[fxsave_size] = std::byte{3}; // the header: x87 and SSE only
    sanitise_fpu_area(buffer.data());
    InterruptsOff const off;
    std::memcpy(self.fpu, buffer.data(), cpu_features.xsave_bytes);
    load_fpu(self.fpu);
    return {};
}

SignalContext context_of(UserRegisters const& r, SignalFrame const& frame, UserAddr fpu) {
    SignalContext context{};
    context.r8 = r.r8, context.r9 = r.r9, context.r10 = r.r10, context.r11 = r.r11;
    context.r12 = r.r12, context.r13 = r.r13, context.r14 = r.r14, context.r15 = r.r15;
    context.rdi = r.rdi, context.rsi = r.rsi, context.rbp = r.rbp, context.rbx = r.rbx;
    context.rdx = r.rdx, context.rax = r.rax, context.rcx = r.rcx, context.rsp = r.rsp;
    context.rip = r.rip, context.rflags = r.rflags;
    context.cs = static_cast<u16>(r.cs);
    context.ss = static_cast<u16>(r.ss);
    context.error = frame.fault_error;
    context.trap = frame.fault_trap;
    context.cr2 = frame.fault_address;
    context.old_mask = frame.mask;
    context.fpu_state = fpu.value();
    return context;
}

void restore(UserRegisters& r, SignalContext const& context) {
    r.r8 = context.r8, r.r9 = context.r9, r.r10 = context.r10, r.r11 = context.r11;
    r.r12 = context.r12, r.r13 = context.r13, r.r14 = context.r14, r.r15 = context.r15;
    r.rdi = context.rdi, r.rsi = context.rsi, r.rbp = context.rbp, r.rbx = context.rbx;
    r.rdx = context.rdx, r.rax = context.rax, r.rcx = context.rcx, r.rsp = context.rsp;
    r.rip = context.rip;
    r.rflags = (r.rflags & ~flags_of_programs) | (context.rflags & flags_of_programs);
    r.cs = USER_CODE;
    r.ss = USER_DATA;
    r.orig_rax = ~u64{0}; // no system call to restart
}

} // namespace

Result<void> push_signal_frame(Context& self, UserRegisters& registers, SignalFrame const& frame) {
    if (frame.restorer == UserAddr())
        return fail(Errno::efault);
    u64 stack = frame.alternate_size != 0 ? frame.alternate_stack.value() + frame.alternate_size
                                          : registers.rsp - red_zone;
    u64 fpu = 0;
    if (self.fpu != nullptr) {
        fpu = align_down(stack - fpu_frame_size(), 64);
        stack = fpu;
    }
    UserAddr const at(align_down(stack - sizeof(SignalFrameLayout), 16) - 8);

    if (fpu != 0)
        TRY(push_fpu(self, UserAddr(fpu)));
    SignalFrameLayout layout{};
    layout.restorer = frame.restorer.value();
    layout.context.flags =
        context_has_ss | context_strict_ss | (cpu_features.xsave ? context_has_xstate : 0);
    layout.context.stack = {frame.saved_alternate_sp, frame.saved_alternate_flags, 0,
                            frame.saved_alternate_size};
    layout.context.registers = context_of(registers, frame, UserAddr(fpu));
    layout.context.mask = frame.mask;
    std::memcpy(layout.info, frame.siginfo, sizeof layout.info);
    TRY(put(at, object_bytes(layout)));

    registers.rip = frame.handler.value();
    registers.rsp = at.value();
    registers.rdi = static_cast<u64>(frame.number);
    registers.rsi = at.value() + offsetof(SignalFrameLayout, info);
    registers.rdx = at.value() + offsetof(SignalFrameLayout, context);
    registers.rax = 0;
    registers.cs = USER_CODE;
    registers.ss = USER_DATA;
    registers.rflags &= ~(flag_direction | flag_resume | flag_trap);
    registers.orig_rax = ~u64{0};
    return {};
}

Result<SignalReturn> pop_signal_frame(Context& self, UserRegisters& registers) {
    // The handler's `ret` took the restorer's address.
    UserAddr const at(registers.rsp - sizeof(u64));
    UserContext context;
    TRY(take(writable_object_bytes(context), at + offsetof(SignalFrameLayout, context)));
    restore(registers, context.registers);
    return SignalReturn{.mask = context.mask,
                        .alternate_sp = context.stack.start,
                        .alternate_flags = context.stack.flags,
                        .alternate_size = context.stack.size,
                        .intact = pop_fpu(self, UserAddr(context.registers.fpu_state)).has_value()};
}

} // namespace arch
