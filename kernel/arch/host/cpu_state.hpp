// A CPU of the host machine: a token that one host thread holds at a time.
#pragma once

#include "kernel/arch/api/cpu.hpp"
#include "libs/base/types.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace host {

/// Only its holder touches the plain members; the token's handover orders that.
struct Cpu {
    usize index = 0;
    void* current_thread = nullptr;
    u32 preemption_off = 0;
    bool interrupts = true;
    bool reschedule = false;
    bool in_interrupt = false;

    std::atomic<bool> reschedule_sent{false};
    std::atomic<i64> deadline{INT64_MAX}; ///< of the timer
    std::mutex lock;                      ///< for the wait below
    std::condition_variable interrupted;
};

/// How many FaultsOff the running context has.
inline thread_local u32 faults_off = 0;

/// The CPU that the calling host thread holds. A host thread that no scheduler knows gets one of
/// its own at its first call, and gives it back when it ends.
Cpu& this_cpu();
/// The calling host thread holds this one from now on.
void set_this_cpu(Cpu& cpu);

/// Lets interrupts in that are pending, if they are enabled: the machine takes them only here.
void take_interrupts();

} // namespace host
