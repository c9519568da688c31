// The host as a machine: what tests may set up and ask beyond the contract of arch/api.
#pragma once

#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/user_registers.hpp"
#include "libs/base/units.hpp"

#include <string>

namespace host {

/// Size of the arena that stands for physical memory; it covers physical addresses from 0.
inline constexpr usize arena_size = 64_MiB;

/// While it lives, what this host thread allocates is the machine's own: tests that refuse the
/// kernel's allocations let it be.
class MachineWork {
public:
    MachineWork() { ++depth_; }

    MachineWork(MachineWork const&) = delete;

    ~MachineWork() { --depth_; }

    static bool going_on() { return depth_ != 0; }

private:
    static inline thread_local int depth_ = 0;
};

/// Before anything else of the machine is used: contexts are stacks of one host thread, and
/// physical memory is this process's alone, so that it can be forked at any time. Kernel pages are
/// then memory of their own, not their frames in the direct map.
void stay_on_one_thread();
bool is_on_one_thread();

/// Replaces the boot map. Call before anything was allocated from the old one.
void set_memory(Slice<arch::MemoryRange const> ranges);

/// How many CPUs arch::start_cpus() brings to; each further one is a host thread that calls
/// upcall::secondary_cpu(). Host threads that no scheduler knows count as CPUs of their own.
void set_cpu_count(usize count);

/// Time of this machine stands still from now on, but for advance_time(); a CPU with nothing to do
/// goes straight to its timer's deadline. So what a test does repeats exactly and waits for
/// nothing.
void stop_time();
void advance_time(Nanoseconds by);
/// With time stopped: whether a CPU has waited for an interrupt with no timer to wait for, since
/// the last time this was asked.
bool waits_forever();

/// What plays user programs: called by each user thread, with the registers it starts with, in
/// place of leaving to user mode. Acts on user memory by arch/api/user_copy.hpp and enters the
/// kernel by system_call(); never returns. Without one, user threads cannot be started (ENOSYS).
using Program = void (*)(arch::UserRegisters&);
void set_program(Program program);
/// As the program's `syscall` instruction, all the way back to user mode. Does not return when the
/// thread ends.
void system_call(arch::UserRegisters& registers);

/// Everything written by arch::early_write() and arch::report_write() since the last call.
std::string take_console();
std::string take_reports();

/// How often a TlbBatch with at least one page was flushed.
u64 tlb_flushes();
/// Pages removed or changed in a table whose old translations no flush has dropped yet. Until then
/// user copies may still go through them, as a TLB would.
usize stale_pages(u64 root);

/// The page table that user copies of this CPU go through; 0 for the kernel's own.
u64 active_table();

/// I/O ports for drivers under test. Without them every port reads 0xff.
class Ports {
public:
    virtual u8 read(u16 port) = 0;
    virtual void write(u16 port, u8 value) = 0;

protected:
    ~Ports() = default;
};

/// Puts `ports` behind arch::read_port() and write_port(); nullptr takes them away.
void set_ports(Ports* ports);

/// Sets a page's touched bit, and its dirty bit when `written`, as the hardware does.
void mark_used(u64 root, UserAddr page, bool written);

} // namespace host
