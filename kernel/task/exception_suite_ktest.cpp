// Exceptions at their edges, in the kernel: the cases, and what only the kernel has.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/ktest/ktest.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/sync/locked.hpp"
#include "kernel/task/exception_cases.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/task/thread.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/format.hpp"

#include <exception>
#include <memory>

// The test image is linked with --wrap for the kernel's allocator, so that memory can run out.
extern "C" {
void* real_allocate(usize size, usize alignment) noexcept
    asm("__real__ZN6upcall14allocate_bytesEmm");
void* tried_allocate(usize size, usize alignment) noexcept
    asm("__wrap__ZN6upcall14allocate_bytesEmm");
}

namespace {

/// The only thread that is refused memory.
constinit Atomic<void*> refused{nullptr};

constinit char trace_text[4096];
constinit usize trace_size = 0;
constinit bool over = false; ///< terminated: what unwinds then is the containment

void append(std::string_view text) {
    if (over || trace_size + text.size() > sizeof trace_text)
        return;
    text.copy(trace_text + trace_size, text.size());
    trace_size += text.size();
}

} // namespace

void* tried_allocate(usize size, usize alignment) noexcept {
    void* const self = arch::current_thread();
    return self != nullptr && refused.load() == self ? nullptr : real_allocate(size, alignment);
}

namespace edge {

void note(char const* word) {
    append(word);
    append("; ");
}

void note(char const* word, long number) {
    char text[64];
    BufferSink sink(text);
    format_to(sink, "{} {}; ", word, number);
    append(sink.text());
}

void on_four_cpus(void (*run)(unsigned index)) {
    static constinit Atomic<u32> done{0};
    static constinit Atomic<void (*)(unsigned)> job{nullptr};
    static constinit u32 indices[4] = {0, 1, 2, 3};
    done.store(0);
    job.store(run);
    for (u32& index : indices) {
        auto const thread = task::Thread::create(
            "edge",
            [](void* argument) {
                job.load()(*static_cast<u32*>(argument));
                done.fetch_add(1);
            },
            &index);
        KCHECK(thread.has_value());
        task::CpuSet cpus;
        cpus.set(index % arch::cpu_count());
        KCHECK((*thread)->set_affinity(cpus).has_value());
        (*thread)->start();
    }
    auto const end = arch::now() + Nanoseconds::seconds(20);
    while (done.load() != 4 && arch::now() < end)
        (void)task::sleep_until(arch::now() + Nanoseconds::milliseconds(1));
    KCHECK(done.load() == 4);
}

void allow_memory(bool allowed) {
    refused.store(allowed ? nullptr : arch::current_thread());
}

std::span<char> spare_stack() {
    alignas(16) static constinit char stack[1 << 20] = {};
    return stack;
}

} // namespace edge

namespace {

[[maybe_unused]] void terminated() {
    edge::note("terminate");
    over = true; // and return: the kernel makes a bug of it
}

/// What exception handling and the CPU must look like whenever nothing is thrown.
struct Quiet {
    u32 preemption = arch::preemption_depth();
    bool interrupts = arch::interrupts_enabled();
    u32 locks = ksync::held_locks();

    void check() const {
        auto const& state = runtime::eh_state();
        KCHECK(state.caught == nullptr && state.foreign == nullptr);
        KCHECK(state.uncaught == 0 && state.bugs == 0 && state.used_slots.load() == 0);
        KCHECK(arch::preemption_depth() == preemption);
        KCHECK(arch::interrupts_enabled() == interrupts);
        KCHECK(ksync::held_locks() == locks);
    }
};

[[maybe_unused]] void run_cases() {
    for (auto const& one : edge::cases()) {
        trace_size = 0;
        over = false;
        Quiet const quiet;
        try {
            one.run();
        } catch (KernelBug const&) {
            KCHECK(over);
        }
        quiet.check();
        std::string_view const left(trace_text, trace_size);
        if (left != one.trace) {
            static char text[sizeof trace_text + 200];
            BufferSink sink(text);
            format_to(sink, "{} left: {}", one.name, left);
            text[sink.text().size()] = '\0';
            panic(text);
        }
    }
}

} // namespace

#if !defined(__clang__) // docs/known-issues.md 14
KTEST(exceptions_at_their_edges_leave_the_traces_of_libgcc) {
    auto* const before = std::set_terminate(terminated);
    run_cases();
    std::set_terminate(before);
}
#endif

namespace {

constinit ksync::SpinLocked<int, ksync::Rank::device> shared;

struct Counts {
    int& count;

    ~Counts() { ++count; }
};

int* volatile nowhere = nullptr;

[[gnu::noinline]] void fail_holding(int kind, int& destroyed) {
    Counts const counts{destroyed};
    auto const guard = shared.lock_even_poisoned();
    if (kind == 0)
        throw 1;
    if (kind == 1)
        panic("on purpose");
    *nowhere = 1;
}

} // namespace

KTEST(exceptions_leave_preemption_and_interrupts_as_they_were) {
    int destroyed = 0;
    int caught = 0;
    for (int const kind : {0, 1, 2}) {
        for (int state = 0; state < 4; ++state) {
            if ((state & 1) != 0)
                arch::disable_preemption();
            bool const were_on = arch::interrupts_enabled();
            if ((state & 2) != 0)
                arch::disable_interrupts();
            Quiet const quiet;
            try {
                ktest::call_unseen<void, int, int&>(fail_holding, kind, destroyed);
            } catch (int) {
                ++caught;
            } catch (KernelBug const&) {
                ++caught;
            }
            bool const same = arch::interrupts_enabled() == quiet.interrupts;
            if (were_on)
                arch::enable_interrupts();
            if ((state & 1) != 0)
                arch::enable_preemption();
            KCHECK(same);
        }
    }
    KCHECK(caught == 12);
#if !defined(__clang__) // which gives the fault no landing pad
    KCHECK(destroyed == 12);
#endif
    Quiet().check();
    shared.clear_poison();
}
