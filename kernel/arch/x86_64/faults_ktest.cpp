// Faults of the kernel's own code become KernelBug, and frames are left in order.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "kernel/ktest/ktest.hpp"
#include "libs/base/bug.hpp"

#include <string_view>

namespace {

u64 volatile* wild_pointer(u64 address) {
    // Safe because nothing is mapped there: following it is the test.
    u64 volatile* pointer;
    asm volatile("mov %1, %0" : "=r"(pointer) : "r"(address));
    return pointer;
}

struct CountDown {
    explicit CountDown(int& counter) : counter_(counter) {}

    ~CountDown() { --counter_; }

    int& counter_;
};

u64 read(u64 address) {
    return *wild_pointer(address);
}

void clear(u64 address) {
    *wild_pointer(address) = 0;
}

void jump(u64 address) {
    reinterpret_cast<void (*)()>(const_cast<u64*>(wild_pointer(address)))();
}

u64 read_with_guard(u64 address, int& alive) {
    ++alive;
    CountDown const guard(alive);
    return ktest::call_unseen(read, address);
}

template <class Action>
KernelBug bug_of(Action action) {
    try {
        action();
    } catch (KernelBug const& bug) {
        return bug;
    }
    throw ktest::Failure{"nothing was thrown", std::source_location::current()};
}

bool starts_with(std::string_view text, std::string_view beginning) {
    return text.starts_with(beginning);
}

} // namespace

KTEST(a_bad_read_throws_with_its_address_and_leaves_frames) {
    int alive = 0;
    auto const bug = bug_of([&] { read_with_guard(0xffff'9fff'0000'1230, alive); });
    KCHECK(bug.address == 0xffff'9fff'0000'1230);
    KCHECK(starts_with(bug.what, "read of a bad address"));
    KCHECK(alive == 0);
}

KTEST(a_null_pointer_is_named) {
    int alive = 0;
    auto const bug = bug_of([&] { read_with_guard(8, alive); });
    KCHECK(starts_with(bug.what, "null pointer"));
    KCHECK(alive == 0);
}

KTEST(a_pointer_that_is_no_address_throws) {
    int alive = 0;
    auto const bug = bug_of([&] { read_with_guard(0x8000'0000'0000'0000, alive); });
    KCHECK(starts_with(bug.what, "protection fault"));
}

KTEST(writing_text_and_running_data_throw) {
    auto const text = reinterpret_cast<u64>(&starts_with);
    auto const bug = bug_of([&] { ktest::call_unseen(clear, text); });
    KCHECK(starts_with(bug.what, "write to a bad address") && bug.address == text);
    static u64 data = 0xc3;
    auto const place = reinterpret_cast<u64>(&data);
    KCHECK(starts_with(bug_of([&] { ktest::call_unseen(jump, place); }).what,
                       "jump to a bad address"));
    KCHECK(starts_with(bug_of([] { ktest::call_unseen(jump, 0); }).what, "jump"));
}

KTEST(division_by_zero_and_undefined_instructions_throw) {
    constexpr auto divide = +[] {
        asm volatile("xorl %%ecx, %%ecx; divl %%ecx" : : : "eax", "ecx", "edx");
    };
    KCHECK(starts_with(bug_of([] { ktest::call_unseen(divide); }).what, "divide error"));
    constexpr auto undefined = +[] { asm volatile("ud2"); };
    KCHECK(starts_with(bug_of([] { ktest::call_unseen(undefined); }).what, "invalid instruction"));
}

KTEST(a_fault_leaves_the_interrupt_flag_as_it_was) {
    int alive = 0;
    KCHECK(arch::interrupts_enabled());
    bug_of([&] { read_with_guard(8, alive); });
    KCHECK(arch::interrupts_enabled());
    {
        arch::InterruptsOff const off;
        bug_of([&] { read_with_guard(8, alive); });
        KCHECK(!arch::interrupts_enabled());
    }
}

KTEST(the_cpu_protects_what_it_can) {
    KCHECK((arch::read_cr0() & (u64{1} << 16)) != 0); // write protection
    u64 const cr4 = arch::read_cr4();
    auto const features = arch::cpuid(7);
    if ((features.b >> 7 & 1) != 0)
        KCHECK((cr4 & arch::cr4_smep) != 0);
    if ((features.b >> 20 & 1) != 0)
        KCHECK((cr4 & arch::cr4_smap) != 0);
    if ((features.c >> 2 & 1) != 0)
        KCHECK((cr4 & arch::cr4_umip) != 0);
}
