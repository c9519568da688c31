// Bugs in threads, timers and deferred work end those and nothing else.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/ktest/ktest.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/sync/locked.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/task/thread.hpp"
#include "libs/base/atomic.hpp"

namespace {

constexpr auto patience = Nanoseconds::seconds(5);

/// Waits until `count` has reached `wanted`.
bool reaches(Atomic<u32> const& count, u32 wanted) {
    for (auto const end = arch::now() + patience; arch::now() < end;) {
        if (count.load() >= wanted)
            return true;
        (void)task::sleep_until(arch::now() + Nanoseconds::milliseconds(1));
    }
    return false;
}

[[gnu::noinline]] void fault() {
    int* where = reinterpret_cast<int*>(8);
    asm volatile("" : "+r"(where));
    *where = 1;
    asm volatile("" ::: "memory");
}

struct Counts {
    Atomic<u32>& count;

    ~Counts() { count.fetch_add(1); }
};

constinit Atomic<u32> unwound{0};
constinit Atomic<u32> ran{0};
constinit ksync::SpinLocked<int, ksync::Rank::device> shared;

u64 recurse(u64 depth);
u64 (*volatile recurse_again)(u64) = recurse;

[[gnu::noinline]] u64 recurse(u64 depth) {
    Counts const counts{unwound};
    u64 volatile block[40] = {depth};
    return recurse_again(depth + 1) + block[0];
}

} // namespace

KTEST(a_kernel_stack_overflow_unwinds_and_ends_its_thread) {
    for (int i = 0; i < 3; ++i) { // more than there are reserves: they come back
        unwound.store(0);
        ran.store(0);
        auto const thread = task::Thread::create(
            "deep",
            [](void*) {
                try {
                    recurse(0);
                } catch (KernelBug const& bug) {
                    if (std::string_view(bug.what) == "kernel stack overflow" && bug.address != 0)
                        ran.fetch_add(1);
                }
            },
            nullptr);
        KCHECK(thread.has_value());
        (*thread)->start();
        KCHECK(reaches(ran, 1));
        KCHECK(unwound.load() > 50); // every frame's destructor ran
    }
}

KTEST(a_bug_ends_its_kernel_thread_and_releases_what_it_held) {
    unwound.store(0);
    constexpr u32 threads = 8;
    for (u32 i = 0; i < threads; ++i) {
        auto const thread = task::Thread::create(
            "buggy",
            [](void* argument) {
                Counts const counts{unwound};
                auto const guard = shared.lock_even_poisoned();
                void (*volatile call)() = fault;
                if (argument != nullptr)
                    call();
                panic("on purpose");
            },
            i % 2 == 0 ? &unwound : nullptr);
        KCHECK(thread.has_value());
        (*thread)->start();
    }
    KCHECK(reaches(unwound, threads));
    KCHECK(shared.poisoned());
    {
        auto const free_again = shared.lock_even_poisoned();
    }
    shared.clear_poison();
}

#if !defined(__clang__) // which knows no -fno-enforce-eh-specs
KTEST(a_bug_in_a_destructor_costs_the_object_and_not_its_user) {
    struct Fails final : RefCounted {
        ~Fails() override {
            Counts const counts{unwound};
            auto const guard = shared.lock_even_poisoned();
            panic("on purpose");
        }
    };

    unwound.store(0);
    runtime::Unreported const quiet;
    u32 const preemption = arch::preemption_depth();
    {
        Counts const outer{unwound};
        Ref<Fails> object = make_ref<Fails>();
        object = nullptr;
        KCHECK(unwound.load() == 1); // and the code behind it runs
    }
    KCHECK(unwound.load() == 2);
    KCHECK(shared.poisoned());
    KCHECK(arch::preemption_depth() == preemption);
    KCHECK(runtime::eh_state().uncaught == 0);
    shared.clear_poison();
}
#endif

KTEST(a_bug_in_a_timer_ends_the_callback_only) {
    unwound.store(0);
    ran.store(0);
    u32 const preemption = arch::preemption_depth();
    task::Timer bad(
        [](void*) {
            Counts const counts{unwound};
            void (*volatile call)() = fault;
            call();
        },
        nullptr);
    task::Timer good([](void*) { ran.fetch_add(1); }, nullptr);
    auto const soon = arch::now() + Nanoseconds::milliseconds(2);
    bad.arm(soon);
    good.arm(soon);
    KCHECK(reaches(unwound, 1));
    KCHECK(reaches(ran, 1));
    KCHECK(!arch::in_interrupt());
    KCHECK(arch::interrupts_enabled());
    KCHECK(arch::preemption_depth() == preemption);
    KCHECK(runtime::eh_state().uncaught == 0);
    KCHECK(runtime::eh_state().caught == nullptr);
}

KTEST(a_bug_in_deferred_work_does_not_stop_its_runner) {
    unwound.store(0);
    ran.store(0);
    static constinit task::DeferredWork bad(
        [](void*) {
            Counts const counts{unwound};
            panic("on purpose");
        },
        nullptr);
    static constinit task::DeferredWork good([](void*) { ran.fetch_add(1); }, nullptr);
    bad.schedule();
    good.schedule();
    KCHECK(reaches(unwound, 1));
    KCHECK(reaches(ran, 1));
}

KTEST(deferred_work_without_memory_runs_again) {
    ran.store(0);
    static constinit task::DeferredWork work(
        [](void*) {
            if (ran.fetch_add(1) == 0)
                throw_out_of_memory();
        },
        nullptr);
    work.schedule();
    KCHECK(reaches(ran, 2));
}

KTEST(exceptions_of_many_threads_do_not_mix) {
    ran.store(0);
    constexpr u32 threads = 6;
    for (u32 i = 0; i < threads; ++i) {
        auto const thread = task::Thread::create(
            "thrower",
            [](void*) {
                for (int round = 0; round < 200; ++round) {
                    try {
                        Counts const counts{unwound};
                        if (round % 20 == 0)
                            task::yield();
                        throw round;
                    } catch (int caught) {
                        task::yield(); // another thread throws while this one handles
                        ensure(caught == round, "somebody else's exception");
                    }
                }
                ran.fetch_add(1);
            },
            nullptr);
        KCHECK(thread.has_value());
        (*thread)->start();
    }
    KCHECK(reaches(ran, threads));
}
