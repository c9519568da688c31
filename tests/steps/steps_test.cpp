// The kernel step by step in QEMU. The call frame information of the entries is right at every
// instruction: from each step of a system call and of interrupts the stack is unwound to what was
// entered from. And the first byte of output comes at once.
#include "libs/unwind/step.hpp"
#include "runner/archive.hpp"
#include "runner/kernel_image.hpp"
#include "runner/os.hpp"
#include "tests/faults/code.hpp"
#include "tests/faults/qemu_machine.hpp"

#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using faults::u64;

constexpr u64 kernel_half = 0xffff'8000'0000'0000;

/// The machine's memory as it is at one step.
class GuestMemory final : public dwarf::Memory {
public:
    explicit GuestMemory(faults::GdbClient& gdb) : gdb_(gdb) {}

    bool read(u64 at, Bytes into) const noexcept override {
        for (std::byte& byte : into) {
            auto const* const from = block(at / block_size);
            if (from == nullptr)
                return false;
            byte = (*from)[at++ % block_size];
        }
        return true;
    }

private:
    static constexpr u64 block_size = 512;
    using Block = std::vector<std::byte>;

    Block const* block(u64 number) const {
        auto [known, is_new] = blocks_.try_emplace(number, block_size);
        if (is_new && !gdb_.read(number * block_size, known->second))
            known->second.clear();
        return known->second.empty() ? nullptr : &known->second;
    }

    faults::GdbClient& gdb_;
    mutable std::map<u64, Block> blocks_;
};

/// What must be found again: where the kernel was entered from.
using Origin = unwind::Registers;

class Steps : public testing::Test {
protected:
    static faults::MachineSetup setup() {
        runner::ArchiveWriter overlay;
        overlay.file("init", 0755,
                     "#!/bin/sh\nmount -t devtmpfs dev /dev\ndd if=/dev/zero of=/dev/null bs=64k "
                     "&\nexec yes >/dev/null\n");
        return {LINNET_BUILD "/linnet.elf",
                runner::read_file(LINNET_BUILD "/initramfs.cpio") + overlay.finish(),
                "console=ttyS0 quiet"};
    }

    faults::GdbClient& gdb() { return machine_.gdb(); }

    u64 symbol(std::string_view name) const { return code_.symbol(name); }

    /// The registers in DWARF's order.
    Origin registers() {
        constexpr unsigned order[] = {0, 3, 2, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        auto const from = gdb().registers();
        Origin result;
        for (unsigned i = 0; i < std::size(order); ++i)
            result.values[i] = from.values[order[i]];
        return result;
    }

    u64 word(u64 at) {
        u64 value = 0;
        EXPECT_TRUE(gdb().read(at, std::as_writable_bytes(std::span(&value, 1))));
        return value;
    }

    void run_to(u64 address) {
        if (registers()[unwind::rip] == address)
            gdb().ask("s"); // off the breakpoint of last time
        gdb().set_breakpoint(address);
        gdb().send("c");
        ASSERT_TRUE(gdb().wait(30s)) << machine_.log();
        gdb().remove_breakpoint(address);
        ASSERT_EQ(registers()[unwind::rip], address);
    }

    /// Whether the stack leads to `origin`; `path` is for people.
    bool leads_to(Origin const& origin, std::string& path) {
        GuestMemory const memory(gdb());
        unwind::Frame frame{.registers = registers(), .interrupted = true};
        path = code_.name(frame.registers[unwind::rip]);
        for (int depth = 0; depth < 64; ++depth) {
            if (frame.registers[unwind::rip] == origin[unwind::rip] && frame.interrupted) {
                // Below C++ functions the others are lost.
                for (auto const number : {unwind::rsp, unwind::rbx, unwind::rbp, unwind::r12,
                                          unwind::r13, unwind::r14, unwind::r15})
                    if (frame.registers[number] != origin[number] &&
                        !(number == unwind::rsp && frame.registers[number] == 0)) {
                        path += fmt::format(" (register {} is {:x}, not {:x})", int{number},
                                            frame.registers[number], origin[number]);
                        return false;
                    }
                stack_unknown_ += frame.registers[unwind::rsp] == 0;
                return true;
            }
            if (unwind::step(kernel_.modules(), memory, frame) != unwind::Step::stepped)
                return false;
            path += fmt::format(" < {:x}", frame.registers[unwind::rip]);
        }
        return false;
    }

    /// The compiler does not know of the word that `pushf; pop` in inline assembly has on the
    /// stack.
    bool is_behind_pushf(u64 here) const { return code_.bytes(here - 1, 1)[0] == std::byte{0x9c}; }

    /// Steps until the machine is back at `origin`, or in switch_stack(), or `most` are done.
    int follow(Origin const& origin, int most) {
        int steps = 0;
        u64 const elsewhere = symbol("switch_stack");
        for (; steps < most; ++steps) {
            u64 const here = registers()[unwind::rip];
            if (here == origin[unwind::rip] || here == elsewhere)
                break;
            std::string path;
            EXPECT_TRUE(is_behind_pushf(here) || leads_to(origin, path))
                << "step " << steps << ": " << path;
            if (HasFailure())
                break;
            gdb().ask("s");
        }
        return steps;
    }

    runner::KernelImage const kernel_{LINNET_BUILD "/linnet.elf"};
    faults::Code const code_{LINNET_BUILD "/linnet.elf"};
    faults::QemuMachine machine_{setup()};
    int stack_unknown_ = 0;
};

} // namespace

TEST_F(Steps, OfASystemCallAllLeadToTheProgram) {
    do
        ASSERT_NO_FATAL_FAILURE(run_to(symbol("syscall_entry")));
    while (registers()[unwind::rax] != 1); // write
    auto origin = registers();
    origin[unwind::rip] = origin[unwind::rcx];
    ASSERT_LT(origin[unwind::rip], kernel_half);
    int const steps = follow(origin, 20'000);
    EXPECT_EQ(registers()[unwind::rip], origin[unwind::rip]);
    EXPECT_GT(steps, 200);
    // Between the switch of the stack and the push of the program's stack pointer it is only in
    // memory of this CPU.
    EXPECT_EQ(stack_unknown_, 2);
}

TEST_F(Steps, OfInterruptsAllLeadToWhatWasInterrupted) {
    do
        ASSERT_NO_FATAL_FAILURE(run_to(symbol("trap_common")));
    while (registers()[unwind::rdi] < 32);
    u64 const stub = symbol("trap_stubs") + 16 * registers()[unwind::rdi];
    ASSERT_NO_FATAL_FAILURE(run_to(symbol("handle_trap")));
    u64 const way_back = word(registers()[unwind::rsp]);

    // In: up to where another thread gets the CPU.
    bool entered[2] = {};
    for (int i = 0; i < 100 && !(entered[0] && entered[1]); ++i) {
        ASSERT_NO_FATAL_FAILURE(run_to(stub));
        auto origin = registers();
        u64 const frame = origin[unwind::rsp]; // rip, cs, rflags, rsp, ss
        bool const user = (word(frame + 8) & 3) != 0;
        origin[unwind::rip] = word(frame);
        origin[unwind::rsp] = word(frame + 24);
        if (std::exchange(entered[user], true))
            continue;
        EXPECT_GT(follow(origin, 20'000), 40);
        if (HasFailure())
            return;
    }
    ASSERT_TRUE(entered[0] && entered[1]) << entered[0] << entered[1];

    // And out again, below the word that aligned the stack for the call.
    bool left[2] = {};
    for (int i = 0; i < 2000 && !(left[0] && left[1]); ++i) {
        ASSERT_NO_FATAL_FAILURE(run_to(way_back));
        u64 const saved = registers()[unwind::rsp] + 8; // arch::UserRegisters
        Origin origin;
        constexpr std::pair<unwind::Register, u64> kept[] = {
            {unwind::r15, 0},  {unwind::r14, 8},  {unwind::r13, 16},  {unwind::r12, 24},
            {unwind::rbp, 32}, {unwind::rbx, 40}, {unwind::rip, 128}, {unwind::rsp, 152}};
        for (auto const& [number, offset] : kept)
            origin[number] = word(saved + offset);
        bool const user = (word(saved + 136) & 3) != 0;
        if (std::exchange(left[user], true))
            continue;
        EXPECT_GT(follow(origin, 100), 16);
        EXPECT_EQ(registers()[unwind::rip], origin[unwind::rip]);
        if (HasFailure())
            return;
    }
    EXPECT_TRUE(left[0] && left[1]) << left[0] << left[1];
}

// A6.1: no heap, no clock, no interrupts, only the tables of boot.S, and yet it can be heard.
TEST_F(Steps, FromTheKernelsEntryAHundredLeadToTheFirstByte) {
    ASSERT_NO_FATAL_FAILURE(run_to(symbol("arch_start")));
    for (int steps = 0; machine_.report().empty() && steps < 100; ++steps)
        gdb().ask("s");
    EXPECT_EQ(machine_.report(), "s");
    EXPECT_EQ(machine_.log(), "");
}

TEST_F(Steps, ALoaderThatLeftNothingIsRefusedInWords) {
    ASSERT_NO_FATAL_FAILURE(run_to(symbol("arch_start")));
    gdb().set_register(faults::Registers::rdi, 0); // the information
    ASSERT_NO_FATAL_FAILURE(run_to(symbol("arch::exit_emulator(")));
    EXPECT_EQ(machine_.report(), "start\n");
    EXPECT_TRUE(machine_.log().starts_with("Linnet: ")) << machine_.log();
    EXPECT_TRUE(machine_.log().ends_with(".\r\n")) << machine_.log();
}
